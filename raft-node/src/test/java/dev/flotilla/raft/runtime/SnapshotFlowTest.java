package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.ReplicaStatus;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Logs are shortened, and who fell behind comes back by snapshot. */
final class SnapshotFlowTest {
  private static final int GROUP = RuntimeCluster.GROUP;

  /** Three nodes, of which one slept through several compactions. */
  static RuntimeCluster withAFollowerFarBehind(int asleep) throws IOException {
    RuntimeCluster cluster = RuntimeCluster.ofThree();
    cluster.write("set early 1");
    if (cluster.awaitLeader(GROUP) == asleep) {
      cluster.kill(asleep);
      cluster.awaitLeaderOtherThan(asleep);
    } else {
      cluster.kill(asleep);
    }
    String value = "x".repeat(500);
    for (int i = 0; i < 300; i++) {
      cluster.write("set k" + i % 50 + " " + i + value);
    }
    assertThat(cluster.replica(cluster.awaitLeader(GROUP), GROUP).getCompactions())
        .isGreaterThanOrEqualTo(2);
    return cluster;
  }

  @Test
  void aFollowerFarBehindComesBackBySnapshotWithAnEqualState() throws IOException {
    try (RuntimeCluster cluster = withAFollowerFarBehind(3)) {
      cluster.start(3);
      cluster.awaitEqualStates(GROUP);

      ReplicaStatus back = cluster.replica(3, GROUP);
      assertThat(back.getSnapshotsInstalled()).isOne();
      assertThat(cluster.replica(cluster.awaitLeader(GROUP), GROUP).getSnapshotsSent()).isOne();
      // And from there it follows the log again.
      cluster.write("set later 1");
      cluster.awaitEqualStates(GROUP);
      assertThat(cluster.replica(3, GROUP).getSnapshotsInstalled()).isOne();
    }
  }

  @Test
  void aFollowerComesBackBySnapshotWhileWritesGoOn() throws IOException {
    try (RuntimeCluster cluster = withAFollowerFarBehind(3)) {
      cluster.start(3);
      String value = "y".repeat(500);
      for (int i = 0; i < 300; i++) {
        cluster.write("set k" + i % 50 + " " + i + value);
      }
      cluster.awaitEqualStates(GROUP);
      // H43: it is not sent one snapshot after the other.
      assertThat(cluster.replica(3, GROUP).getSnapshotsInstalled()).isBetween(1L, 2L);
    }
  }

  @Test
  void compactionGivesSegmentsBackOnLeadersAndFollowersAlike() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      String value = "x".repeat(1_000);
      for (int i = 0; i < 500; i++) {
        cluster.write("set k" + i % 20 + " " + i + value);
      }
      cluster.awaitEqualStates(GROUP);

      for (int id : cluster.nodes.keySet()) {
        assertThat(cluster.status(id).getWalBytes()).isLessThan(200 << 10);
        assertThat(cluster.replica(id, GROUP).getCompactions()).isPositive();
        assertThat(cluster.replica(id, GROUP).getFirstIndex()).isGreaterThan(1);
      }
    }
  }

  /** H53: a group that writes too little for its own limits must not hold the node's log up. */
  @Test
  void aQuietGroupIsCompactedWhenTheNodesLogIsOverItsLimit() throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(1, 1, 2);
    cluster.limits =
        new NodeOptions.Limits(
            1 << 20, 1_000, 8 << 20, 64 << 10, 16 << 10, 64 << 10, 10_000, 0, 256 << 10, 2_000, 0);
    try (cluster) {
      cluster.startAll();
      cluster.awaitLeader(1);
      cluster.awaitLeader(2);
      NodeAssembly node = cluster.nodes.get(1).assembly();
      cluster.awaitReply(cluster.client.command(node::submit, 2, "set quiet 1"));
      String value = "x".repeat(1_000);
      for (int i = 0; i < 1_000; i++) {
        cluster.awaitReply(cluster.client.command(node::submit, 1, "set k" + i % 20 + " " + value));
      }
      cluster.run(2_500);
      cluster.awaitReply(cluster.client.command(node::submit, 1, "set k " + value));

      assertThat(cluster.replica(1, 2).getCompactions()).isPositive();
      assertThat(cluster.status(1).getWalBytes()).isLessThan(300 << 10);
    }
  }
}
