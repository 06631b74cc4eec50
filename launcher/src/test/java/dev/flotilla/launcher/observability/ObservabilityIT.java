package dev.flotilla.launcher.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.JvmCluster;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.Readiness;
import dev.flotilla.launcher.commands.KvClient;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.BalancerInstance;
import dev.flotilla.launcher.observability.Dashboards.Expression;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * Rules and dashboards against a cluster that runs: every name they ask for is in its scrape, and
 * every panel finds series with the labels it goes by. What promtool judges is skipped where there
 * is none.
 */
class ObservabilityIT {
  /** Forty steps of 15 s: every window of a panel has samples. */
  private static final int STEPS = 40;

  private static final int LINT_ONLY = 3;

  @TempDir static Path temp;
  private static ClusterConfig config;
  private static JvmCluster cluster;

  @BeforeAll
  static void startAndUse() throws Exception {
    config =
        new DataDirectory(Files.createDirectory(temp.resolve("data")))
            .prepare(new LocalLayout(FreePorts.base(), 1, 3), Overrides.none());
    cluster =
        JvmCluster.start(
            config,
            false,
            BalancerInstance.Operator.PLAIN,
            (exitCode, reason, cause) -> fail("fatal " + exitCode + ": " + reason, cause));
    try (NodeProbe probe = new NodeProbe(Duration.ofSeconds(2))) {
      Readiness.Found found =
          new Readiness(config, probe).await(Duration.ofSeconds(60), () -> false, text -> {});
      assertThat(found.missing()).isEmpty();
    }
    KvClient client =
        new KvClient(URI.create("http://" + config.balancer().advertise()), Duration.ofSeconds(10));
    for (int i = 0; i < 50; i++) {
      client.put("key-" + i, ("value-" + i).getBytes(UTF_8), "", Map.of());
      client.get("key-" + i, "linearizable");
    }
    client.delete("key-0", Map.of());
    // Pauses are there to be measured once there was one.
    System.gc();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.stop(Duration.ofSeconds(10));
    }
  }

  private static Promtool promtool() {
    Optional<Promtool> promtool = Promtool.find();
    assumeTrue(
        promtool.isPresent(),
        "promtool is not on the PATH, so what it would judge is not judged; Debian's package"
            + " prometheus has it");
    return promtool.orElseThrow();
  }

  private static void assertPasses(List<String> arguments)
      throws IOException, InterruptedException {
    Promtool.Ran ran = promtool().run(arguments);
    assertThat(ran.exitCode()).as("promtool %s:%n%s", arguments, ran.output()).isZero();
  }

  private static List<String> with(List<String> command, List<Path> files) {
    List<String> arguments = new ArrayList<>(command);
    files.forEach(file -> arguments.add(file.toString()));
    return arguments;
  }

  /** A scrape that has what appears with use only. */
  private static LiveScrape usedScrape() {
    return Awaitility.await("a collection was noticed")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> LiveScrape.of(config),
            scrape -> scrape.names().contains("jvm_gc_pause_seconds_sum"));
  }

  @Test
  void everyNameThatIsAskedForIsInTheScrape() throws IOException {
    Set<String> missing = new TreeSet<>(ObservabilityFilesTest.namesAskedFor());
    missing.removeAll(usedScrape().names());
    assertThat(missing).isEmpty();
  }

  @Test
  void noTargetNamesASeriesTwice() throws IOException, InterruptedException {
    for (LiveScrape.Target target : LiveScrape.of(config).targets()) {
      assertThat(target.samples().stream().map(line -> line.substring(0, line.lastIndexOf(' '))))
          .as(target.instance())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void scrapesAreValid() throws IOException, InterruptedException {
    Promtool promtool = promtool();
    Path file = temp.resolve("scrape.txt");
    for (LiveScrape.Target target : LiveScrape.of(config).targets()) {
      Files.writeString(file, target.text());
      Promtool.Ran ran = promtool.run(List.of("check", "metrics"), file);
      // It also has opinions on names, some of which are Micrometer's; those do not fail.
      assertThat(ran.exitCode()).as("%s:%n%s", target.instance(), ran.output()).isIn(0, LINT_ONLY);
    }
  }

  @Test
  void configurationsAreValid() throws IOException, InterruptedException {
    for (String name : List.of("prometheus.yml", "prometheus-local.yml")) {
      assertPasses(List.of("check", "config", RuleFiles.FOLDER.resolve(name).toString()));
    }
  }

  @Test
  void rulesAreValid() throws IOException, InterruptedException {
    assertPasses(with(List.of("check", "rules"), RuleFiles.rulePaths()));
  }

  @Test
  void alertsFireWhenTheyShallAndOnlyThen() throws IOException, InterruptedException {
    assertPasses(with(List.of("test", "rules"), RuleFiles.testPaths()));
  }

  @Test
  void expressionsOfDashboardsAreValid() throws IOException, InterruptedException {
    List<Map<String, String>> rules = new ArrayList<>();
    for (Expression expression : Dashboards.expressions()) {
      rules.add(
          Map.of("record", "dashboards:expression:" + rules.size(), "expr", expression.filled()));
    }
    Path file = temp.resolve("dashboards.yml");
    Files.writeString(
        file,
        new Yaml().dump(Map.of("groups", List.of(Map.of("name", "dashboards", "rules", rules)))));
    assertPasses(with(List.of("check", "rules"), List.of(file)));
  }

  /**
   * The live scrape becomes the series of a rule test in which every panel has to find something. A
   * label that a metric does not have, or two sides that do not join, would find nothing.
   */
  @Test
  void everyPanelFindsSomething() throws IOException, InterruptedException {
    List<Map<String, Object>> looks = new ArrayList<>();
    for (Expression expression : Dashboards.expressions()) {
      // Nothing fires in a healthy cluster.
      if (expression.panel() && !expression.text().contains("ALERTS")) {
        looks.add(
            Map.of(
                "expr",
                "count(" + withZeros(expression.filled()) + ") > bool 0",
                "eval_time",
                "10m",
                "exp_samples",
                List.of(Map.of("labels", "{}", "value", 1))));
      }
    }
    Path file = temp.resolve("panels.yml");
    Files.writeString(
        file,
        new Yaml()
            .dump(
                Map.of(
                    "rule_files",
                    RuleFiles.rulePaths().stream().map(Path::toString).toList(),
                    "evaluation_interval",
                    "15s",
                    "tests",
                    List.of(
                        Map.of(
                            "interval",
                            "15s",
                            "input_series",
                            usedScrape().series(STEPS),
                            "promql_expr_test",
                            looks)))));
    assertThat(looks).hasSizeGreaterThan(70);
    assertPasses(with(List.of("test", "rules"), List.of(file)));
  }

  /** Some panels hide lines that are zero, as all are here. */
  private static String withZeros(String expression) {
    return expression.replaceAll(" > 0$", " >= 0");
  }
}
