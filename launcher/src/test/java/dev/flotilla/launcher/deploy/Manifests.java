package dev.flotilla.launcher.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** YAML documents, read. */
record Manifests(List<JsonNode> all) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Manifests parse(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml)) {
      if (document != null) {
        documents.add(JSON.valueToTree(document));
      }
    }
    return new Manifests(List.copyOf(documents));
  }

  List<JsonNode> ofKind(String kind) {
    return all.stream()
        .filter(document -> document.path("kind").asString("").equals(kind))
        .toList();
  }

  /**
   * @throws AssertionError when there is none, or more than one
   */
  JsonNode the(String kind, String name) {
    List<JsonNode> found =
        ofKind(kind).stream().filter(document -> nameOf(document).equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " documents are a " + kind + " " + name);
    }
    return found.getFirst();
  }

  static String nameOf(JsonNode document) {
    return document.path("metadata").path("name").asString("");
  }

  /** Everything that runs pods, but for tests. */
  List<JsonNode> workloads() {
    List<JsonNode> workloads = new ArrayList<>(ofKind("StatefulSet"));
    workloads.addAll(ofKind("Deployment"));
    return workloads;
  }

  /** The pod that a workload makes. */
  static JsonNode podOf(JsonNode workload) {
    return workload.path("spec").path("template");
  }

  /** The first container of the pod that a workload makes. */
  static JsonNode containerOf(JsonNode workload) {
    return podOf(workload).path("spec").path("containers").path(0);
  }

  /** The value of a container's environment variable; empty when it is not set to a value. */
  static String variable(JsonNode container, String name) {
    for (JsonNode variable : container.path("env")) {
      if (variable.path("name").asString("").equals(name)) {
        return variable.path("value").asString("");
      }
    }
    return "";
  }

  /** A mapping of texts. */
  static Map<String, String> texts(JsonNode mapping) {
    Map<String, String> texts = new TreeMap<>();
    mapping.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
    return texts;
  }

  /** A list of texts. */
  static List<String> list(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(item -> texts.add(item.asString("")));
    return texts;
  }
}
