package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is committed has to be applied, and the state machine's disk has no room for it. */
final class NoRoomToApplyTest {
  private static final int GROUP = RuntimeCluster.GROUP;

  private static RegisterMachine machine(RuntimeCluster cluster, int node) {
    return cluster.nodes.get(node).machines.get(GROUP);
  }

  private static long staleQuery(RuntimeCluster cluster, int node, String text) {
    return cluster.client.query(
        cluster.nodes.get(node).assembly()::submit,
        GROUP,
        text,
        ReadConsistency.READ_CONSISTENCY_STALE,
        0);
  }

  private static void assertRefused(Reply reply) {
    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
  }

  @Test
  void aLeaderWithoutRoomToApplyRefusesWritesAndDoesWhatItOwesWhenThereIsRoom() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("append a 1");
      int leader = cluster.awaitLeader(GROUP);
      machine(cluster, leader).noRoom = true;
      long owed = cluster.command(leader, "append a 2");
      cluster.run(50);
      assertRefused(cluster.awaitReply(cluster.command(leader, "append a 3")));
      assertThat(cluster.nodes.get(leader).assembly().metrics().groups().get(GROUP).waitsForRoom())
          .isTrue();
      Reply stale = cluster.awaitReply(staleQuery(cluster, leader, "get a"));
      assertThat(stale.getResult().toStringUtf8()).isEqualTo("1");
      long read = cluster.query(leader, "get a");
      cluster.run(300);
      assertThat(cluster.client.isAnswered(owed)).isFalse();
      assertThat(cluster.client.isAnswered(read)).isFalse();

      machine(cluster, leader).noRoom = false;
      assertThat(cluster.awaitReply(owed).getResult().toStringUtf8()).isEqualTo("1,2");
      assertThat(cluster.awaitReply(read).getResult().toStringUtf8()).isEqualTo("1,2");
      assertThat(cluster.write("append a 4").getResult().toStringUtf8()).isEqualTo("1,2,4");
      assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);
      assertThat(cluster.nodes.get(leader).fatal).isEmpty();
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void whoeverWaitsTooLongIsToldWhatIsKnown() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("append a 1");
      int leader = cluster.awaitLeader(GROUP);
      machine(cluster, leader).noRoom = true;
      long owed = cluster.command(leader, "append a 2");
      cluster.run(20);
      long read = cluster.query(leader, "get a");
      Reply command = cluster.awaitReply(owed);
      assertThat(command.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(command.getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
      Reply query = cluster.awaitReply(read);
      assertThat(query.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(query.getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);

      machine(cluster, leader).noRoom = false;
      cluster.run(200);
      assertThat(cluster.read("get a")).isEqualTo("1,2");
      assertThat(cluster.client.repliesTo(owed)).hasSize(1);
    }
  }

  /** And what waits for it does not grow with what the others write. */
  @Test
  void aFollowerWithoutRoomToApplyHoldsNobodyUp() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      int follower = cluster.followerOf(leader);
      machine(cluster, follower).noRoom = true;
      for (int i = 0; i < 400; i++) {
        cluster.write("set k" + i % 20 + " " + i);
      }
      assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);
      assertThat(cluster.nodes.get(follower).fatal).isEmpty();

      machine(cluster, follower).noRoom = false;
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void aSnapshotWithoutRoomIsInstalledWhenThereIs() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(3)) {
      cluster.start(3);
      machine(cluster, 3).noRoom = true;
      cluster.run(2_000);
      for (int i = 0; i < 50; i++) {
        cluster.write("set k" + i % 20 + " " + i);
      }
      assertThat(machine(cluster, 3).installs).isZero();
      assertThat(cluster.nodes.get(3).fatal).isEmpty();

      machine(cluster, 3).noRoom = false;
      cluster.awaitEqualStates(GROUP);
      assertThat(machine(cluster, 3).installs).isPositive();
    }
  }

  /** The next life has the log, and does it all. */
  @Test
  void aNodeThatStopsWithoutRoomAnswersWhatItHolds() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("append a 1");
      int leader = cluster.awaitLeader(GROUP);
      machine(cluster, leader).noRoom = true;
      long owed = cluster.command(leader, "append a 2");
      cluster.run(50);
      cluster.nodes.get(leader).assembly().close();
      Reply reply = cluster.client.reply(owed);
      assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);

      cluster.kill(leader);
      cluster.awaitLeaderOtherThan(leader);
      cluster.start(leader);
      assertThat(cluster.read("get a")).isEqualTo("1,2");
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void aStateMachineThatFailsInsteadAnswersWhatItHolds() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(GROUP);
      machine(cluster, leader).noRoom = true;
      long owed = cluster.command(leader, "append a 1");
      cluster.run(50);
      machine(cluster, leader).damaged = true;
      machine(cluster, leader).noRoom = false;
      Reply reply = cluster.awaitReply(owed);
      assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_REPLICA_FAILED);
      cluster.step();
      assertThat(cluster.nodes.get(leader).fatal).singleElement().asString().startsWith("70 ");
    }
  }

  /**
   * What is due without a client's doing is proposed when there is room, and not asked for ever.
   */
  @Test
  void aLeaderWithoutRoomRestsAlthoughSomethingIsDue() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("ttl a 1 500");
      int leader = cluster.awaitLeader(GROUP);
      machine(cluster, leader).noRoom = true;
      cluster.command(leader, "set b 1");
      cluster.run(700);
      long restNanos = 0;
      for (int i = 0; i < 100; i++) {
        cluster.step();
        restNanos += cluster.nodes.get(leader).assembly().loop().pass();
      }
      assertThat(restNanos).isGreaterThan(100 * 1_000_000L);

      machine(cluster, leader).noRoom = false;
      cluster.await("its expiry", () -> cluster.read("get a").isEmpty());
    }
  }
}
