package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.commands.KvClient;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.BalancerInstance;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole small cluster in this JVM: real sockets, real disk. */
class JvmClusterTest {
  private static final Duration STOP_BUDGET = Duration.ofSeconds(10);

  @TempDir Path temp;

  private static JvmCluster start(ClusterConfig config) throws IOException {
    return JvmCluster.start(
        config,
        false,
        BalancerInstance.Operator.PLAIN,
        (exitCode, reason, cause) -> fail("fatal " + exitCode + ": " + reason, cause));
  }

  private static void awaitReady(ClusterConfig config) throws InterruptedException {
    try (NodeProbe probe = new NodeProbe(Duration.ofSeconds(2))) {
      Readiness.Found found =
          new Readiness(config, probe).await(Duration.ofSeconds(60), () -> false, text -> {});
      assertThat(found.missing()).isEmpty();
    }
  }

  private static KvClient client(ClusterConfig config) {
    return new KvClient(
        URI.create("http://" + config.balancer().advertise()), Duration.ofSeconds(10));
  }

  @Test
  void whatWasWrittenIsThereAfterAnOrderlyStopAndAStart() throws Exception {
    Path path = java.nio.file.Files.createDirectory(temp.resolve("data"));
    ClusterConfig config =
        new DataDirectory(path).prepare(new LocalLayout(FreePorts.base(), 2, 3), Overrides.none());

    JvmCluster first = start(config);
    awaitReady(config);
    for (int i = 0; i < 50; i++) {
      client(config).put("key-" + i, bytes("value-" + i), "", Map.of());
    }
    assertThat(first.stop(STOP_BUDGET)).as("orderly").isTrue();

    JvmCluster second = start(config);
    try {
      awaitReady(config);
      for (int i = 0; i < 50; i++) {
        assertThat(client(config).get("key-" + i, "linearizable").body())
            .isEqualTo(bytes("value-" + i));
      }
    } finally {
      second.stop(STOP_BUDGET);
    }
  }

  @Test
  void whatANodeDidIsInItsMetrics() throws Exception {
    Path path = java.nio.file.Files.createDirectory(temp.resolve("data"));
    ClusterConfig config =
        new DataDirectory(path).prepare(new LocalLayout(FreePorts.base(), 1, 1), Overrides.none());
    JvmCluster cluster = start(config);
    try {
      awaitReady(config);
      for (int i = 0; i < 20; i++) {
        client(config).put("key-" + i, bytes("value-" + i), "", Map.of());
      }
      client(config).get("key-1", "linearizable");
      String group = "{group=\"g1\",node=\"n1\"}";
      Map<String, Double> metrics = metrics(config);
      assertThat(metrics.get("flotilla_raft_commit_duration_seconds_count" + group)).isEqualTo(20);
      assertThat(metrics.get("flotilla_raft_commit_duration_seconds_sum" + group)).isPositive();
      assertThat(
              metrics.get(
                  "flotilla_raft_commit_duration_seconds_bucket"
                      + "{group=\"g1\",node=\"n1\",le=\"+Inf\"}"))
          .isEqualTo(20);
      assertThat(metrics.get("flotilla_raft_apply_duration_seconds_count" + group))
          .isGreaterThanOrEqualTo(20);
      assertThat(metrics.get("flotilla_wal_fsync_duration_seconds_count{node=\"n1\"}"))
          .isGreaterThanOrEqualTo(20);
      assertThat(metrics.get("flotilla_node_loop_busy_ratio{node=\"n1\"}")).isBetween(0.0, 1.0);
      assertThat(
              metrics.get(
                  "flotilla_raft_proposals_total"
                      + "{group=\"g1\",node=\"n1\",outcome=\"applied\"}"))
          .isEqualTo(20);
      assertThat(metrics.get("flotilla_raft_proposals_pending" + group)).isZero();
      assertThat(metrics.get("flotilla_raft_waits_for_room" + group)).isZero();
      assertThat(metrics.get("flotilla_raft_heartbeats_sent_total" + group)).isNotNull();
    } finally {
      cluster.stop(STOP_BUDGET);
    }
  }

  /** Of the first node, by name and labels. */
  private static Map<String, Double> metrics(ClusterConfig config) throws Exception {
    URI uri = URI.create("http://" + config.node(1).http().advertise() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String text =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      Map<String, Double> metrics = new HashMap<>();
      for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
        int space = line.lastIndexOf(' ');
        assertThat(metrics.put(line.substring(0, space), Double.valueOf(line.substring(space + 1))))
            .as("%s appears once", line)
            .isNull();
      }
      return metrics;
    }
  }

  @Test
  void nodesEndGroupByGroupOneAfterTheOther() {
    ClusterConfig config =
        new LocalLayout(8_080, 2, 3).config("x", temp, ClusterConfig.Tuning.DEFAULT);
    assertThat(StopOrder.of(config))
        .containsExactly(List.of("n1", "n2", "n3"), List.of("n4", "n5", "n6"), List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
