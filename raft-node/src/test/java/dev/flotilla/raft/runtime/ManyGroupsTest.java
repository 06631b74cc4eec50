package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Groups share nodes, disks and connections, and nothing of what makes a leader. */
final class ManyGroupsTest {

  private static boolean isLedByAnother(RuntimeCluster cluster, int group, int old) {
    return cluster.nodes.keySet().stream()
        .anyMatch(
            node -> node != old && cluster.replica(node, group).getRole() == Role.ROLE_LEADER);
  }

  private static void handOver(RuntimeCluster cluster, int group, int target) {
    cluster
        .nodes
        .get(cluster.awaitLeader(group))
        .assembly()
        .transferLeadership(
            TransferLeadershipRequest.newBuilder().setGroup(group).setTarget(target).build());
    cluster.await("the target to lead", () -> cluster.leaderNow(group) == target);
  }

  /**
   * H55: a heartbeat names its group, its term and its commit index. A node that lost its replica
   * of one group and goes on leading another keeps nobody loyal in the first.
   */
  @Test
  void h55TheHeartbeatsOfOneGroupKeepNoOtherGroupsLeaderAlive() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(5, 3, 2)) {
      cluster.startAll();
      int leader = cluster.awaitLeader(1);
      if (cluster.awaitLeader(2) != leader) {
        handOver(cluster, 2, leader);
      }
      long term = cluster.replica(leader, 2).getTerm();
      cluster.query(leader, "get"); // what its state machine chokes on, and no other has to answer
      cluster.await(
          "a replica that stops", () -> cluster.replica(leader, 1).getRole() == Role.ROLE_FAILED);
      cluster.await("another leader", 3_000, () -> isLedByAnother(cluster, 1, leader));
      assertThat(cluster.replica(leader, 2).getRole()).isEqualTo(Role.ROLE_LEADER);
      assertThat(cluster.replica(leader, 2).getTerm()).isEqualTo(term);
      cluster.write("set a 1");
    }
  }

  /** H56: no group sleeps, so a leader that is gone without a sign is missed by each of them. */
  @Test
  void h56IdleGroupsMissALeaderThatIsGoneWithoutASign() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(6, 3, 12)) {
      cluster.startAll();
      IntStream.rangeClosed(1, 12).forEach(cluster::awaitLeader);
      cluster.run(10_000);
      int gone = cluster.leaderNow(1);
      cluster.network.isolate(gone);
      cluster.await(
          "leaders of all groups among the others",
          5_000,
          () ->
              IntStream.rangeClosed(1, 12).allMatch(group -> isLedByAnother(cluster, group, gone)));
    }
  }
}
