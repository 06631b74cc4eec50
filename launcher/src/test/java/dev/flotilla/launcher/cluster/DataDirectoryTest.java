package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path temp;

  private DataDirectory directory;

  @BeforeEach
  void setUp() throws Exception {
    Path path = Files.createDirectory(temp.resolve("data"));
    directory = new DataDirectory(path);
  }

  private ClusterConfig prepare(int basePort, int groups, int nodesPerGroup)
      throws IOException, InterruptedException {
    return directory.prepare(new LocalLayout(basePort, groups, nodesPerGroup), Overrides.none());
  }

  @Test
  void theSecondStartKeepsTheClusterAndMayMoveItsPorts() throws Exception {
    ClusterConfig first = prepare(8080, 3, 3);
    ClusterConfig second = prepare(9080, 3, 3);
    assertThat(second.clusterId()).isEqualTo(first.clusterId());
    assertThat(second.balancer().listen().port()).isEqualTo(9080);
    assertThat(second.node(1).directory()).isEqualTo(directory.path().resolve("n1"));
  }

  @Test
  void anotherShapeIsRefusedWithTheFlagsThatFit() throws Exception {
    prepare(8080, 3, 3);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> prepare(8080, 1, 5))
        .withMessageContaining(
            "with g1 = n1 n2 n3, g2 = n4 n5 n6, g3 = n7 n8 n9, but the flags ask for g1 = n1 n2 n3 n4 n5.")
        .satisfies(e -> {
          assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
          assertThat(e.advice()).contains("--groups 3 --nodes-per-group 3").contains("--fresh");
        });
  }

  @Test
  void timingsEditedInTheFileSurviveAndOverridesDoNotEnterIt() throws Exception {
    prepare(8080, 1, 1);
    String edited =
        Files.readString(directory.configFile()).replace("heartbeat: 50ms", "heartbeat: 40ms");
    Files.writeString(directory.configFile(), edited);
    ClusterConfig overridden =
        directory.prepare(
            new LocalLayout(8080, 1, 1), Overrides.of(List.of("timings.heartbeat=30ms"), Map.of()));
    assertThat(overridden.tuning().raft().heartbeatNanos()).isEqualTo(30_000_000);
    assertThat(prepare(8080, 1, 1).tuning().raft().heartbeatNanos()).isEqualTo(40_000_000);
  }

  /** H50: who has no data after the cluster was ready once has lost it. */
  @Test
  void aClusterIsNewUntilItHasBegun() throws Exception {
    assertThat(prepare(8080, 1, 3).bootstrap()).isTrue();
    assertThat(prepare(9080, 1, 3).bootstrap()).as("not ready yet").isTrue();
    directory.begun();
    ClusterConfig later = prepare(8080, 1, 3);
    assertThat(later.bootstrap()).isFalse();
    assertThat(Files.readString(directory.configFile())).doesNotContain("bootstrap");
    directory.begun();
    assertThat(directory.stored()).contains(later);
  }

  @Test
  void someoneElsesFolderIsNotTaken() throws Exception {
    Files.writeString(directory.path().resolve("thesis.tex"), "x");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> prepare(8080, 3, 3))
        .withMessageContaining("is not empty (it holds thesis.tex)");
  }

  @Test
  void freshDeletesOurDataAndNothingElse() throws Exception {
    ClusterConfig config = prepare(8080, 1, 2);
    Path log = Files.createDirectories(config.node(2).directory().resolve("wal")).resolve("0.log");
    Files.writeString(log, "x");
    Path other = Files.writeString(directory.path().resolve("notes.txt"), "keep");
    assertThat(directory.clear()).isTrue();
    assertThat(config.node(2).directory()).doesNotExist();
    assertThat(directory.configFile()).doesNotExist();
    assertThat(other).exists();
    assertThat(directory.clear()).isFalse();
  }
}
