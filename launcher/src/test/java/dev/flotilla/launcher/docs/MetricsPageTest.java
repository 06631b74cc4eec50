package dev.flotilla.launcher.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.JvmCluster;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.Readiness;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.BalancerInstance;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/metrics.md is made of what a node and a balancer really serve, so that it can neither leave
 * a metric out nor name one that is not there. With {@code -Dflotilla.docs=write} it is written
 * anew.
 */
final class MetricsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  /** Set by Prometheus' own kinds of metrics. */
  private static final Set<String> BUILT_IN_LABELS = Set.of("le", "quantile");

  @TempDir Path temp;

  private record Metric(String name, String type, String help, Set<String> labels) {}

  @Test
  void thePageNamesEveryMetricAndNoOther() throws Exception {
    String page = page();
    if ("write".equals(System.getProperty("flotilla.docs"))) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  private String page() throws Exception {
    ClusterConfig config =
        new DataDirectory(Files.createDirectory(temp.resolve("data")))
            .prepare(new LocalLayout(FreePorts.base(), 1, 3), Overrides.none());
    JvmCluster cluster =
        JvmCluster.start(
            config,
            false,
            BalancerInstance.Operator.PLAIN,
            (exitCode, reason, cause) -> {
              throw new AssertionError(reason, cause);
            });
    try (NodeProbe probe = new NodeProbe(Duration.ofSeconds(2))) {
      Readiness.Found found =
          new Readiness(config, probe).await(Duration.ofSeconds(60), () -> false, text -> {});
      assertThat(found.missing()).isEmpty();
      StringBuilder nodes = new StringBuilder();
      // A leader shows more than a follower.
      for (ClusterConfig.Node node : config.nodes()) {
        nodes.append(scrape(node.http().advertise().toString()));
      }
      return document(nodes.toString(), scrape(config.balancer().advertise().toString()));
    } finally {
      cluster.stop(Duration.ofSeconds(10));
    }
  }

  private static String scrape(String address) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static String document(String nodes, String balancer) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "# Metrics",
                "",
                "What a node serves at `/metrics` of its HTTP port, and a balancer of its own, in"
                    + " Prometheus' text format. Made from what they",
                "serve, by `MetricsPageTest`; alerts and dashboards over them are in `deploy/`.",
                "",
                "Names end in their unit: seconds, bytes, ratio (0 to 1); `_total` counts since the"
                    + " process began; `_info` is always 1. A histogram",
                "has `_bucket`, `_sum` and `_count`. No label ever holds a key.",
                "",
                "## Nodes",
                ""));
    table(lines, nodes);
    lines.addAll(List.of("", "## Balancers", ""));
    table(lines, balancer);
    lines.addAll(
        List.of(
            "",
            "## Both",
            "",
            "The process, by Micrometer's own binders: `jvm_memory_used_bytes` and"
                + " `jvm_memory_max_bytes` by `area` and `id`, `jvm_gc_pause_seconds`,",
            "`process_cpu_usage` (0 to 1 of all processors), `process_uptime_seconds`,"
                + " `process_files_open_files`, `process_files_max_files`, and some more of",
            "theirs. Nodes that share a process show the same figures.",
            ""));
    return String.join("\n", lines);
  }

  private static void table(List<String> lines, String scrape) {
    lines.add("| metric | kind | labels | meaning |");
    lines.add("| --- | --- | --- | --- |");
    for (Metric metric : metrics(scrape).values()) {
      lines.add(
          "| `"
              + metric.name()
              + "` | "
              + metric.type()
              + " | "
              + metric.labels().stream()
                  .map(label -> "`" + label + "`")
                  .collect(Collectors.joining(" "))
              + " | "
              + metric.help()
              + " |");
    }
  }

  private static Map<String, Metric> metrics(String scrape) {
    Map<String, String> helps = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : scrape.split("\n")) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        helps.put(words[2], words[3]);
      } else if (line.startsWith("# TYPE ")) {
        types.put(words[2], words[3]);
      } else if (!line.isBlank()) {
        int end = line.indexOf('{') < 0 ? line.indexOf(' ') : line.indexOf('{');
        Set<String> seen =
            labels.computeIfAbsent(family(line.substring(0, end), types), n -> new TreeSet<>());
        Matcher label = LABEL.matcher(line);
        while (label.find()) {
          if (!BUILT_IN_LABELS.contains(label.group(1))) {
            seen.add(label.group(1));
          }
        }
      }
    }
    Map<String, Metric> metrics = new TreeMap<>();
    types.forEach((name, type) -> {
      if (name.startsWith("flotilla_")) {
        String help = helps.getOrDefault(name, "");
        assertThat(help).as("the meaning of " + name).isNotBlank();
        metrics.put(name, new Metric(name, type, help, labels.getOrDefault(name, new TreeSet<>())));
      }
    });
    return metrics;
  }

  /** The metric that a line of a histogram belongs to. */
  private static String family(String name, Map<String, String> types) {
    for (String part : List.of("_bucket", "_sum", "_count", "_max")) {
      if (name.endsWith(part)) {
        String family = name.substring(0, name.length() - part.length());
        if (types.containsKey(family)) {
          return family;
        }
      }
    }
    return name;
  }
}
