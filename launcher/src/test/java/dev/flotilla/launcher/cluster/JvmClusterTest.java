package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.commands.KvClient;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
        config, (exitCode, reason, cause) -> fail("fatal " + exitCode + ": " + reason, cause));
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
