package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.raft.core.RaftOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client of a running group is told. */
final class ServingTest {

  @Test
  void writesAreReadBackThroughTheLeader() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      Reply written = cluster.write("set color red");

      assertThat(written.getResult().toStringUtf8()).isEqualTo("red");
      assertThat(written.getTerm()).isPositive();
      assertThat(written.getIndex()).isPositive();
      assertThat(cluster.read("get color")).isEqualTo("red");
    }
  }

  @Test
  void aFollowerRefusesAndNamesTheLeaderWithAddressAndTerm() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      int follower = cluster.followerOf(leader);

      Reply command = cluster.awaitReply(cluster.command(follower, "set a 2"));
      Reply query = cluster.awaitReply(cluster.query(follower, "get a"));

      for (Reply reply : List.of(command, query)) {
        assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
        assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(reply.getLeader().getNode()).isEqualTo(leader);
        assertThat(reply.getLeader().getAddress()).isEqualTo("host" + leader + ":700" + leader);
        assertThat(reply.getLeader().getTerm()).isPositive();
      }
      assertThat(cluster.read("get a")).isEqualTo("1");
    }
  }

  @Test
  void aStaleReadIsAnsweredByAFollowerFromWhatItHasApplied() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      cluster.awaitEqualStates(RuntimeCluster.GROUP);
      int follower = cluster.followerOf(cluster.awaitLeader(RuntimeCluster.GROUP));

      long id =
          cluster.client.query(
              cluster.nodes.get(follower).assembly()::submit,
              RuntimeCluster.GROUP,
              "get a",
              ReadConsistency.READ_CONSISTENCY_STALE,
              0);

      assertThat(cluster.awaitReply(id).getResult().toStringUtf8()).isEqualTo("1");
    }
  }

  @Test
  void leaseReadsAreServedByAQuorumWhileLeasesAreOff() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.network.isolate(leader);
      long id =
          cluster.client.query(
              cluster.nodes.get(leader).assembly()::submit,
              RuntimeCluster.GROUP,
              "get a",
              ReadConsistency.READ_CONSISTENCY_LEASE,
              0);

      assertThat(cluster.awaitReply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    }
  }

  /** H5: a lease covers a read only if it still runs AFTER the state was read. */
  @Test
  void aLeaseReadThatTookTooLongIsNotAnswered() throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(1, 3, 1);
    RaftOptions defaults = RaftOptions.DEFAULT;
    cluster.raft =
        new RaftOptions(
            defaults.heartbeatNanos(),
            defaults.electionTimeoutMinNanos(),
            defaults.electionTimeoutMaxNanos(),
            defaults.leaderLostElectionNanos(),
            defaults.maxAppendBytes(),
            defaults.maxInflightBytes(),
            defaults.maxInflightAppends(),
            defaults.maxUncommittedBytes(),
            defaults.maxCachedBytes(),
            defaults.transferTimeoutNanos(),
            true,
            defaults.leaseMarginNanos());
    try (cluster) {
      cluster.startAll();
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.run(200);
      cluster.network.isolate(leader);
      NodeAssembly node = cluster.nodes.get(leader).assembly();
      ReadConsistency lease = ReadConsistency.READ_CONSISTENCY_LEASE;
      long within = cluster.client.query(node::submit, RuntimeCluster.GROUP, "get a", lease, 0);
      cluster.step();
      assertThat(cluster.client.reply(within).getResult().toStringUtf8()).isEqualTo("1");

      cluster.nodes.get(leader).applierPaused = true;
      long slow = cluster.client.query(node::submit, RuntimeCluster.GROUP, "get a", lease, 0);
      cluster.run(450);
      cluster.nodes.get(leader).applierPaused = false;
      assertThat(cluster.awaitReply(slow).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    }
  }

  @Test
  void commandsThatArriveTogetherShareOneEntryAndOneFlushOfTheChannel() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 0");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      long lastIndex = cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex();
      int flushes = cluster.client.flushes();

      List<Long> ids = new ArrayList<>();
      for (int i = 1; i <= 100; i++) {
        ids.add(cluster.command(leader, "append a " + i));
      }
      cluster.await("answers", () -> ids.stream().allMatch(cluster.client::isAnswered));

      assertThat(cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex())
          .isEqualTo(lastIndex + 1);
      assertThat(cluster.client.flushes()).isEqualTo(flushes + 1);
      assertThat(cluster.client.reply(ids.get(2)).getResult().toStringUtf8()).isEqualTo("0,1,2,3");
    }
  }

  @Test
  void anEntryHoldsNoMoreCommandsThanItsLimitAllows() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 0");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      long lastIndex = cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex();
      String value = "x".repeat(7_000);

      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ids.add(cluster.command(leader, "set k" + i + " " + value));
      }
      cluster.await("answers", () -> ids.stream().allMatch(cluster.client::isAnswered));

      assertThat(cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex())
          .isEqualTo(lastIndex + 2);
    }
  }

  @Test
  void whatCannotBeUnderstoodOrIsTooLargeOrNotHostedIsRefusedAtOnce() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      NodeAssembly node = cluster.nodes.get(leader).assembly();
      ByteString large = ByteString.copyFrom(new byte[(64 << 10) + 1]);

      cluster.client.send(
          node::submit,
          Request.newBuilder().setId(1_001).setGroup(1).build(),
          Request.newBuilder().setId(1_002).setGroup(1).setCommand(large).build(),
          Request.newBuilder().setId(1_003).setGroup(9).setCommand(ByteString.EMPTY).build());

      assertThat(cluster.client.reply(1_001).getError()).isEqualTo(ErrorCode.ERROR_CODE_MALFORMED);
      assertThat(cluster.client.reply(1_002).getError()).isEqualTo(ErrorCode.ERROR_CODE_TOO_LARGE);
      assertThat(cluster.client.reply(1_003).getError())
          .isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_GROUP);
      for (long id = 1_001; id <= 1_003; id++) {
        assertThat(cluster.client.reply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      }
    }
  }

  @Test
  void aFullMailboxAnswersOverloadedAtOnceAndTheRestIsServed() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.run(50);
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < 1_200; i++) {
        ids.add(cluster.command(leader, "set a " + i));
      }

      for (long id : ids.subList(1_000, 1_200)) {
        assertThat(cluster.client.reply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
        assertThat(cluster.client.reply(id).getError()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
      }
      cluster.await("answers", () -> ids.stream().allMatch(cluster.client::isAnswered));
      assertThat(cluster.client.reply(ids.get(999)).getOutcome())
          .isEqualTo(Outcome.OUTCOME_APPLIED);
      assertThat(cluster.read("get a")).isEqualTo("999");
    }
  }

  /** H52: what waits for a quorum is bounded per group, not only what waits for the loop. */
  @Test
  void aGroupWithoutAQuorumRefusesWhatItsBacklogCannotHold() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.run(50);
      cluster.network.isolate(leader);
      List<Long> ids = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 500; i++) {
          ids.add(cluster.command(leader, "set a " + i));
        }
        cluster.step();
      }

      for (long id : ids.subList(1_000, 1_500)) {
        assertThat(cluster.client.reply(id).getError()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
      }
      assertThat(ids.subList(0, 1_000)).noneMatch(cluster.client::isAnswered);
      // And the places are free again once their requests are answered.
      cluster.network.heal();
      cluster.await("answers", () -> ids.stream().allMatch(cluster.client::isAnswered));
      cluster.write("set b 1");
    }
  }

  @Test
  void aRequestThatIsTooOldIsDroppedBeforeItIsProposed() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.run(50);
      long id =
          cluster.client.command(
              cluster.nodes.get(leader).assembly()::submit, RuntimeCluster.GROUP, "set a 1", 20);
      cluster.clock.advanceMillis(20);
      cluster.step();

      assertThat(cluster.client.reply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.client.reply(id).getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
      assertThat(cluster.read("get a")).isEmpty();
    }
  }

  @Test
  void aCommandThatIsNotCommittedInTimeIsUnknownAndAQueryNotApplied() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.run(50);
      cluster.network.isolate(leader);
      NodeAssembly node = cluster.nodes.get(leader).assembly();
      long command = cluster.client.command(node::submit, RuntimeCluster.GROUP, "set a 1", 100);
      long query =
          cluster.client.query(
              node::submit,
              RuntimeCluster.GROUP,
              "get a",
              ReadConsistency.READ_CONSISTENCY_UNSPECIFIED,
              100);
      cluster.run(99);
      assertThat(cluster.client.isAnswered(command)).isFalse();
      cluster.run(2);

      assertThat(cluster.client.reply(command).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(cluster.client.reply(command).getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
      assertThat(cluster.client.reply(query).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.client.reply(query).getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
    }
  }

  @Test
  void aNearlyFullDiskRefusesCommandsAndServesReads() throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(1, 3, 1);
    cluster.limits =
        new NodeOptions.Limits(
            1 << 20, 1_000, 8 << 20, 64 << 10, 16 << 10, 32 << 10, 200, 4 << 10, 1 << 20, 2_000,
            1 << 20);
    try (cluster) {
      cluster.startAll();
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      long used = usedBytes(cluster, leader);
      cluster.nodes.get(leader).disk.setQuotaBytes(used + (1 << 20) - 1);
      cluster.run(1_100);

      Reply refused = cluster.awaitReply(cluster.command(leader, "set a 2"));
      assertThat(refused.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(refused.getError()).isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
      assertThat(cluster.read("get a")).isEqualTo("1");

      cluster.nodes.get(leader).disk.setQuotaBytes(used + (4 << 20));
      cluster.run(1_100);
      cluster.write("set a 3");
    }
  }

  private static long usedBytes(RuntimeCluster cluster, int node) throws IOException {
    cluster.nodes.get(node).disk.setQuotaBytes(Long.MAX_VALUE - 1);
    return Long.MAX_VALUE - 1 - cluster.nodes.get(node).disk.usableBytes();
  }

  @Test
  void manyGroupsOfANodeShareOneFsyncPerPass() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(1, 1, 20)) {
      cluster.startAll();
      for (int group = 1; group <= 20; group++) {
        cluster.awaitLeader(group);
      }
      cluster.run(50);
      NodeAssembly node = cluster.nodes.get(1).assembly();
      long fsyncs = node.metrics().fsync().count();
      List<Long> ids = new ArrayList<>();
      for (int group = 1; group <= 20; group++) {
        ids.add(cluster.client.command(node::submit, group, "set a 1"));
      }
      cluster.step();

      assertThat(ids).allMatch(cluster.client::isAnswered);
      assertThat(node.metrics().fsync().count()).isEqualTo(fsyncs + 1);
    }
  }

  /** H26: a heartbeat waits for neither the state machine nor its queue. */
  @Test
  void aStateMachineThatHangsCostsNoLeadership() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      long term = cluster.replica(leader, RuntimeCluster.GROUP).getTerm();
      cluster.nodes.get(leader).applierPaused = true;
      long id = cluster.command(leader, "set a 2");
      cluster.run(5_000);
      assertThat(cluster.client.isAnswered(id)).isFalse();
      assertThat(cluster.replica(leader, RuntimeCluster.GROUP).getTerm()).isEqualTo(term);

      cluster.nodes.get(leader).applierPaused = false;
      assertThat(cluster.awaitReply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    }
  }
}
