package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nine node processes and a balancer, the built distribution, real disks, real {@code kill -9}. One
 * cluster for all steps, because ten JVMs take a while to start; the steps build on each other.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProcessClusterIT {
  @TempDir private static Path directory;

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = TestCluster.start(directory.resolve("data"), "--processes");
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  @Test
  @Order(1)
  void theFourFormCallsAreAnsweredByteForByte() throws IOException {
    try (FormClient client = new FormClient(cluster.balancer())) {
      assertThat(client.set("mykey", "myvalue").body())
          .isEqualTo("{\"response\":\"\",\"error_code\":\"SUCCESS\"}");
      assertThat(client.get("mykey").body())
          .isEqualTo("{\"response\":\"1|myvalue\",\"error_code\":\"SUCCESS\"}");
      assertThat(client.delete("mykey").body())
          .isEqualTo("{\"response\":\"\",\"error_code\":\"SUCCESS\"}");
      assertThat(client.get("mykey").body())
          .isEqualTo("{\"response\":\"0|\",\"error_code\":\"SUCCESS\"}");
    }
  }

  @Test
  @Order(2)
  void theClusterFileNamesEveryProcess() {
    ClusterFile file = cluster.file();
    assertThat(file.nodes()).hasSize(9).allMatch(node -> node.pid() > 0);
    assertThat(file.nodes()).extracting(ClusterFile.NodeEntry::pid).doesNotHaveDuplicates();
    assertThat(file.balancer().pid()).isPositive();
    assertThat(file.launcherPid()).isPositive();
  }

  @Test
  @Order(3)
  void nothingAcknowledgedIsLostWhenALeaderAndAFollowerAreKilled() throws IOException {
    String leader = cluster.awaitLeaderOf("g1");
    String follower =
        List.of("n4", "n5", "n6").stream()
            .filter(node -> !node.equals(cluster.awaitLeaderOf("g2")))
            .findFirst()
            .orElseThrow();
    Ledger ledger = new Ledger(cluster.balancer());
    try (ledger) {
      ledger.start(4, "one-");
      awaitMore(ledger, 200);
      cluster.kill(leader);
      awaitMore(ledger, 200);
      assertThat(cluster.awaitLeaderOf("g1")).isNotEqualTo(leader);
      cluster.kill(follower);
      awaitMore(ledger, 200);
    }
    ledger.assertNothingIsLost();
    cluster.startNode(leader);
    cluster.startNode(follower);
    cluster.awaitCaughtUp();
    ledger.assertNothingIsLost();
  }

  @Test
  @Order(4)
  void replicasOfAGroupHaveOneStateHash() {
    Awaitility.await("equal hashes")
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            List.of("g1", "g2", "g3").stream()
                .allMatch(group ->
                    cluster.views(true).stream()
                            .flatMap(view -> view.replicas().stream())
                            .filter(replica -> replica.group().equals(group))
                            .map(NodeView.Replica::stateHash)
                            .filter(Objects::nonNull)
                            .distinct()
                            .count()
                        == 1));
  }

  @Test
  @Order(5)
  void nothingAcknowledgedIsLostWhenAllTenAreKilledAndStartedAgain()
      throws IOException, InterruptedException {
    Ledger ledger = new Ledger(cluster.balancer());
    try (ledger) {
      ledger.start(4, "two-");
      awaitMore(ledger, 300);
      cluster.killAll();
    }
    // The supervisor has nothing left to watch; it says so and ends.
    assertThat(cluster.awaitEnd(Duration.ofSeconds(20))).isEqualTo(1);
    assertThat(cluster.output())
        .contains("was killed (signal 9)")
        .contains("no process of the cluster is left");
    cluster.up();
    ledger.assertNothingIsLost();
  }

  @Test
  @Order(6)
  void ctrlCEndsTheClusterInUnderFiveSecondsWithZero() throws IOException, InterruptedException {
    ClusterFile before = cluster.file();
    long beganNanos = System.nanoTime();
    assertThat(cluster.interrupt()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(5));
    assertThat(ClusterFile.read(cluster.directory())).isEmpty();
    assertThat(before.nodes())
        .noneMatch(node -> ProcessHandle.of(node.pid()).filter(ProcessHandle::isAlive).isPresent());
  }

  private static void awaitMore(Ledger ledger, long writes) {
    long goal = ledger.ackedCount() + writes;
    Awaitility.await("acknowledged writes")
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> ledger.ackedCount() >= goal);
  }
}
