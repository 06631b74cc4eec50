package dev.flotilla.launcher.observability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboards of {@code deploy/grafana}. */
final class Dashboards {
  static final Path FOLDER = RuleFiles.ROOT.resolve("deploy/grafana/dashboards");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), *\\w+\\)");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)\\}|(\\w+))");

  private Dashboards() {}

  /** One file. */
  record Dashboard(Path file, JsonNode json) {
    String uid() {
      return json.path("uid").asString();
    }

    /** Rows left out, for they only hold the others together. */
    List<JsonNode> panels() {
      List<JsonNode> panels = new ArrayList<>();
      for (JsonNode panel : json.path("panels")) {
        if (!panel.path("type").asString().equals("row")) {
          panels.add(panel);
        }
      }
      return panels;
    }
  }

  /**
   * An expression of a dashboard.
   *
   * @param where the dashboard and the panel, or whatever else asks
   * @param panel false when a variable or an annotation asks
   */
  record Expression(String where, boolean panel, String text) {
    /** With values in place of the dashboard's variables, as Grafana sends it. */
    String filled() {
      return VARIABLE
          .matcher(text)
          .replaceAll(variable -> value(name(variable.group(1), variable.group(2))));
    }

    private static String value(String variable) {
      return switch (variable) {
        case "group", "node" -> ".*";
        case "__rate_interval" -> "1m";
        default -> throw new IllegalArgumentException("what is $" + variable + "?");
      };
    }
  }

  static List<Dashboard> all() throws IOException {
    List<Dashboard> dashboards = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
        dashboards.add(new Dashboard(file, JSON.readTree(Files.readString(file))));
      }
    }
    return dashboards;
  }

  /** Of all panels, annotations and variables. */
  static List<Expression> expressions() throws IOException {
    List<Expression> expressions = new ArrayList<>();
    for (Dashboard dashboard : all()) {
      for (JsonNode panel : dashboard.panels()) {
        for (JsonNode target : panel.path("targets")) {
          expressions.add(
              new Expression(
                  dashboard.uid()
                      + ": "
                      + panel.path("title").asString()
                      + " "
                      + target.path("refId").asString(),
                  true,
                  target.path("expr").asString()));
        }
      }
      for (JsonNode annotation : dashboard.json().path("annotations").path("list")) {
        if (annotation.has("expr")) {
          expressions.add(
              new Expression(
                  dashboard.uid() + ": annotation " + annotation.path("name").asString(),
                  false,
                  annotation.path("expr").asString()));
        }
      }
      for (JsonNode variable : dashboard.json().path("templating").path("list")) {
        if (variable.path("type").asString().equals("query")) {
          expressions.add(
              new Expression(
                  dashboard.uid() + ": variable " + variable.path("name").asString(),
                  false,
                  asked(variable.path("query").path("query").asString())));
        }
      }
    }
    return expressions;
  }

  /** The names of the variables that a text uses. */
  static List<String> variablesIn(String text) {
    List<String> names = new ArrayList<>();
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      names.add(name(variable.group(1), variable.group(2)));
    }
    return names;
  }

  private static String name(@Nullable String braced, String plain) {
    return braced == null ? plain : braced;
  }

  /** {@code label_values} is Grafana's own and not PromQL. */
  private static String asked(String query) {
    Matcher labelValues = LABEL_VALUES.matcher(query);
    if (!labelValues.matches()) {
      throw new IllegalArgumentException("not label_values(selector, label): " + query);
    }
    return labelValues.group(1);
  }
}
