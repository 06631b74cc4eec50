package dev.flotilla.launcher.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML (or JSON) document as text with places: no types are guessed, so that {@code 1e3} or
 * {@code no} means what the reader of the key says it means, and every value knows its line.
 */
sealed interface ConfigTree {

  /** File and line, as in {@code flotilla.yaml:12}. */
  String where();

  /** How an error message calls this kind of value. */
  String kind();

  record Scalar(String where, String text) implements ConfigTree {
    @Override
    public String kind() {
      return "\"" + text + "\"";
    }
  }

  record Empty(String where) implements ConfigTree {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  record Sequence(String where, List<ConfigTree> items) implements ConfigTree {
    @Override
    public String kind() {
      return "a list";
    }
  }

  record Mapping(String where, Map<String, Entry> entries) implements ConfigTree {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /**
   * @param where the key's place
   */
  record Entry(String where, ConfigTree value) {}

  /** Deeper files are refused: nothing we read is that deep, and anchors could nest without end. */
  int MAX_DEPTH = 16;

  int MAX_CODE_POINTS = 4 << 20;

  static ConfigTree read(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new ConfigException(file.toString(), "there is no such file", e);
    } catch (IOException e) {
      throw new ConfigException(file.toString(), "cannot be read: " + e.getMessage(), e);
    }
    return parse(file.toString(), text);
  }

  static ConfigTree parse(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CODE_POINTS);
    options.setMaxAliasesForCollections(0);
    Node root;
    try {
      root = new Yaml(options).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      throw new ConfigException(place(name, e.getProblemMark()), oneLine(e.getProblem()), e);
    } catch (YAMLException e) {
      throw new ConfigException(name, oneLine(e.getMessage()), e);
    }
    if (root == null) {
      throw new ConfigException(
          name, "the file is empty; expected the groups and nodes of a cluster");
    }
    return convert(name, root, 0);
  }

  private static ConfigTree convert(String name, Node node, int depth) {
    String where = place(name, node.getStartMark());
    if (depth > MAX_DEPTH) {
      throw new ConfigException(where, "nested deeper than " + MAX_DEPTH + " levels");
    }
    return switch (node) {
      case ScalarNode scalar ->
          scalar.getTag().equals(Tag.NULL)
              ? new Empty(where)
              : new Scalar(where, scalar.getValue());
      case SequenceNode sequence -> {
        List<ConfigTree> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(convert(name, item, depth + 1));
        }
        yield new Sequence(where, items);
      }
      case MappingNode mapping -> {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          String keyWhere = place(name, tuple.getKeyNode().getStartMark());
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new ConfigException(keyWhere, "expected a key, found a list or a mapping");
          }
          Entry entry = new Entry(keyWhere, convert(name, tuple.getValueNode(), depth + 1));
          Entry earlier = entries.putIfAbsent(key.getValue(), entry);
          if (earlier != null) {
            throw new ConfigException(
                keyWhere, key.getValue() + ": given twice, first at " + earlier.where());
          }
        }
        yield new Mapping(where, entries);
      }
      default -> throw new ConfigException(where, "expected a value, a list or a mapping");
    };
  }

  private static String place(String name, @org.jspecify.annotations.Nullable Mark mark) {
    return mark == null ? name : name + ":" + (mark.getLine() + 1);
  }

  private static String oneLine(@org.jspecify.annotations.Nullable String problem) {
    return problem == null ? "not valid YAML" : problem.replaceAll("\\s+", " ");
  }
}
