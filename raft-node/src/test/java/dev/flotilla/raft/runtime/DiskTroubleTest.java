package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Disks that are full, and disks that hang. */
final class DiskTroubleTest {
  private static final int GROUP = RuntimeCluster.GROUP;
  private static final long RESERVE = 256 << 10;

  private static RuntimeCluster withAReserve() throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(11, 3, 1);
    NodeOptions.Limits limits = RuntimeCluster.LIMITS;
    cluster.limits =
        new NodeOptions.Limits(
            limits.maxMailboxBytes(),
            limits.maxMailboxRequests(),
            limits.maxPeerBytes(),
            limits.maxCommandBytes(),
            limits.maxEntryBytes(),
            limits.compactBytes(),
            limits.compactEntries(),
            limits.keepBytes(),
            limits.maxWalBytes(),
            limits.defaultTimeoutMillis(),
            RESERVE);
    cluster.startAll();
    for (int i = 0; i < 20; i++) {
      cluster.write("set k" + i + " 1");
    }
    return cluster;
  }

  /** Leaves so many bytes on the node's disk. */
  private static void leave(RuntimeCluster cluster, int node, long bytes) {
    SimulatedDisk disk = cluster.nodes.get(node).disk;
    disk.setQuotaBytes(Long.MAX_VALUE);
    long used = Long.MAX_VALUE - disk.usableBytes();
    disk.setQuotaBytes(used + bytes);
  }

  @Test
  void aLeaderWithoutRoomRefusesWritesServesReadsAndRecovers() throws IOException {
    try (RuntimeCluster cluster = withAReserve()) {
      int leader = cluster.awaitLeader(GROUP);
      leave(cluster, leader, RESERVE / 2);
      cluster.run(1_100);
      Reply refused = cluster.awaitReply(cluster.command(leader, "set k1 2"));
      assertThat(refused.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(refused.getError()).isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
      assertThat(cluster.read("get k1")).isEqualTo("1");
      assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);

      leave(cluster, leader, 100 * RESERVE);
      cluster.run(1_100);
      cluster.write("set k1 3");
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** The others go on; it stays in the group, and catches up when there is room. */
  @Test
  void aFollowerWithoutRoomHoldsNobodyUpAndRecovers() throws IOException {
    try (RuntimeCluster cluster = withAReserve()) {
      int leader = cluster.awaitLeader(GROUP);
      int follower = cluster.followerOf(leader);
      leave(cluster, follower, 0);
      cluster.run(1_100);
      for (int i = 0; i < 300; i++) {
        cluster.write("set k" + i % 20 + " " + i);
      }
      assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);
      assertThat(cluster.nodes.get(follower).fatal).isEmpty();

      leave(cluster, follower, 100 * RESERVE);
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** Not a byte is left on any disk: votes and a leader's first entry find room all the same. */
  @Test
  void aGroupWithoutAnyRoomStillElectsAndServesReads() throws IOException {
    try (RuntimeCluster cluster = withAReserve()) {
      cluster.awaitEqualStates(GROUP);
      for (int id : cluster.nodes.keySet()) {
        leave(cluster, id, 0);
      }
      for (int round = 0; round < 6; round++) {
        int leader = cluster.awaitLeader(GROUP);
        cluster.nodes.get(leader).paused = true;
        cluster.awaitLeaderOtherThan(leader);
        cluster.nodes.get(leader).paused = false;
        assertThat(cluster.read("get k1")).isEqualTo("1");
      }
      assertThat(cluster.nodes.values()).allSatisfy(node -> assertThat(node.fatal).isEmpty());

      for (int id : cluster.nodes.keySet()) {
        leave(cluster, id, 100 * RESERVE);
      }
      cluster.run(1_100);
      cluster.write("set k1 2");
      cluster.awaitEqualStates(GROUP);
    }
  }

  /**
   * H25, H28: while an fsync hangs nothing leaves the node, so the others elect within two election
   * timeouts; and when it returns, the old leader has nothing to say.
   */
  @Test
  void aLeaderWhoseFsyncHangsLosesItsLeadershipAndServesNothingStale() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      cluster.awaitEqualStates(GROUP);
      int old = cluster.awaitLeader(GROUP);
      RuntimeCluster.Node node = cluster.nodes.get(old);
      long[] electedAfterNanos = {0};
      Map<String, Long> asked = new TreeMap<>();
      node.disk.setFaults((operation, path) -> {
        if (operation == SimulatedDisk.Operation.SYNC && path.startsWith("wal/")) {
          node.disk.setFaults(SimulatedDisk.Faults.NONE);
          node.paused = true; // its loop is inside this fsync, and its other threads find no work
          long began = cluster.clock.nanoTime();
          int next = cluster.awaitLeaderOtherThan(old);
          electedAfterNanos[0] = cluster.clock.nanoTime() - began;
          asked.put("read", cluster.query(old, "get a"));
          asked.put("write", cluster.command(old, "set b 2"));
          Reply newer = cluster.awaitReply(cluster.command(next, "set a 3"));
          assertThat(newer.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
          node.paused = false;
        }
      });
      long open = cluster.command(old, "set c 9");
      cluster.await("the stall", () -> asked.size() == 2);

      assertThat(electedAfterNanos[0]).isLessThan(2 * cluster.raft.electionTimeoutMaxNanos());
      Reply write = cluster.awaitReply(asked.get("write"));
      assertThat(write.getOutcome()).isNotEqualTo(Outcome.OUTCOME_APPLIED);
      // It had left for the followers before the fsync began: either answer may be true.
      Reply first = cluster.awaitReply(open);
      if (first.getOutcome() == Outcome.OUTCOME_APPLIED) {
        assertThat(cluster.read("get c")).isEqualTo("9");
      } else {
        assertThat(first.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      }
      Reply read = cluster.awaitReply(asked.get("read"));
      if (read.getOutcome() == Outcome.OUTCOME_APPLIED) {
        assertThat(read.getResult().toStringUtf8()).isEqualTo("3");
      }
      assertThat(cluster.read("get a")).isEqualTo("3");
      cluster.awaitEqualStates(GROUP);
      assertThat(node.fatal).isEmpty();
    }
  }
}
