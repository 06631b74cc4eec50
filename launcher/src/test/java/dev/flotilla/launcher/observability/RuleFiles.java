package dev.flotilla.launcher.observability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What stands in {@code deploy/prometheus}: configurations, rules, and the rules' tests. */
final class RuleFiles {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  static final Path FOLDER = ROOT.resolve("deploy/prometheus");

  private RuleFiles() {}

  /**
   * A rule.
   *
   * @param group the rule group it stands in
   * @param patience how long the expression must hold, as in 5m; empty for none
   */
  record Rule(
      String group,
      boolean alert,
      String name,
      String expression,
      String patience,
      Map<String, String> labels,
      Map<String, String> annotations) {}

  /**
   * One look at an alert in a test.
   *
   * @param fires how many instances of it are expected to fire
   */
  record AlertCase(Path file, String alert, int fires) {}

  static List<Path> rulePaths() throws IOException {
    return yamlFiles(FOLDER.resolve("rules"));
  }

  static List<Path> testPaths() throws IOException {
    return yamlFiles(FOLDER.resolve("tests"));
  }

  private static List<Path> yamlFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
  }

  static List<Rule> alerts() throws IOException {
    return rules().stream().filter(Rule::alert).toList();
  }

  static List<Rule> recordings() throws IOException {
    return rules().stream().filter(rule -> !rule.alert()).toList();
  }

  static List<Rule> rules() throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (Path file : rulePaths()) {
      for (Map<String, Object> group : maps(load(file).get("groups"))) {
        for (Map<String, Object> rule : maps(group.get("rules"))) {
          boolean alert = rule.containsKey("alert");
          rules.add(
              new Rule(
                  text(group.get("name")),
                  alert,
                  text(rule.get(alert ? "alert" : "record")),
                  text(rule.get("expr")),
                  text(rule.get("for")),
                  texts(rule.get("labels")),
                  texts(rule.get("annotations"))));
        }
      }
    }
    return rules;
  }

  /** The cases of all tests, in the order of files. */
  static List<AlertCase> alertCases() throws IOException {
    List<AlertCase> cases = new ArrayList<>();
    for (Path file : testPaths()) {
      for (Map<String, Object> test : maps(load(file).get("tests"))) {
        for (Map<String, Object> look : maps(test.get("alert_rule_test"))) {
          cases.add(
              new AlertCase(
                  file, text(look.get("alertname")), maps(look.get("exp_alerts")).size()));
        }
      }
    }
    return cases;
  }

  /** The expressions that tests evaluate. */
  static List<String> testedExpressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    for (Path file : testPaths()) {
      for (Map<String, Object> test : maps(load(file).get("tests"))) {
        maps(test.get("promql_expr_test")).forEach(look -> expressions.add(text(look.get("expr"))));
      }
    }
    return expressions;
  }

  /** A YAML document whose root is a mapping. */
  static Map<String, Object> load(Path file) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return map(yaml.load(Files.readString(file)));
  }

  /** A list of mappings; empty when there is nothing. */
  static List<Map<String, Object>> maps(@Nullable Object value) {
    List<Map<String, Object>> maps = new ArrayList<>();
    if (value instanceof List<?> items) {
      items.forEach(item -> maps.add(map(item)));
    }
    return maps;
  }

  private static Map<String, Object> map(@Nullable Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> entries) {
      entries.forEach((key, item) -> map.put(text(key), item));
    }
    return map;
  }

  private static Map<String, String> texts(@Nullable Object value) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(value).forEach((key, item) -> texts.put(key, text(item)));
    return texts;
  }

  static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
