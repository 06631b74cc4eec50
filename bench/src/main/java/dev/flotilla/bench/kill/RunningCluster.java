package dev.flotilla.bench.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster as its {@code cluster.json} describes it.
 *
 * @param id of the cluster; what listens at a node's address must say the same
 * @param processes whether every node is a process of its own
 * @param configuration file the nodes were started with
 * @param balancerHttp host:port
 */
public record RunningCluster(
    String id, boolean processes, String configuration, List<Node> nodes, String balancerHttp) {

  public static final String FILE_NAME = "cluster.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * @param groups names of the groups the node belongs to
   * @param pid 0 while the process is down
   * @param grpc host:port
   * @param http host:port
   * @param directory the node's data
   */
  public record Node(
      int id,
      String name,
      List<String> groups,
      long pid,
      String grpc,
      String http,
      String directory) {}

  /**
   * Reads the file of a data directory.
   *
   * @throws IOException when there is none or it lacks something
   */
  public static RunningCluster read(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve(FILE_NAME);
    JsonNode document;
    try {
      document = JSON.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    List<Node> nodes = new ArrayList<>();
    for (JsonNode node : document.path("nodes")) {
      nodes.add(
          new Node(
              node.path("id").asInt(0),
              node.path("name").asString(""),
              List.of(node.path("group").asString("").split(",")),
              node.path("pid").asLong(0),
              node.path("grpc").asString(""),
              node.path("http").asString(""),
              node.path("directory").asString("")));
    }
    if (nodes.isEmpty()) {
      throw new IOException(file + " names no nodes");
    }
    return new RunningCluster(
        document.path("cluster").asString(""),
        document.path("processes").asBoolean(false),
        document.path("configuration").asString(""),
        List.copyOf(nodes),
        document.path("balancer").path("http").asString(""));
  }

  /** The groups' names, in order. */
  public List<String> groups() {
    TreeSet<String> names = new TreeSet<>();
    nodes.forEach(node -> names.addAll(node.groups()));
    return List.copyOf(names);
  }

  public List<Node> members(String group) {
    return nodes.stream().filter(node -> node.groups().contains(group)).toList();
  }
}
