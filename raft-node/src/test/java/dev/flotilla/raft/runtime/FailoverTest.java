package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Leaders come and go; what was acknowledged stays. */
final class FailoverTest {
  private static final int GROUP = RuntimeCluster.GROUP;

  @Test
  void anAcknowledgedWriteIsReadThroughTheNextLeader() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int first = cluster.awaitLeader(GROUP);
      cluster.kill(first);
      cluster.awaitLeaderOtherThan(first);

      assertThat(cluster.read("get a")).isEqualTo("1");
      cluster.write("set a 2");
      cluster.start(first);
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void aBrokenConnectionToTheLeaderShortensTheWait() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int first = cluster.awaitLeader(GROUP);
      cluster.kill(first);

      cluster.await("a new leader", 350, () -> cluster.leaderNow(GROUP) != 0);
    }
  }

  @Test
  void aDeposedLeaderServesNoReadAndNoWrite() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a old");
      int old = cluster.awaitLeader(GROUP);
      cluster.network.isolate(old);
      int next = cluster.awaitNewLeaderWhile(old);
      Reply written = cluster.awaitReply(cluster.command(next, "set a new"));
      assertThat(written.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);

      Reply read = cluster.awaitReply(cluster.query(old, "get a"));
      assertThat(read.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      Reply write = cluster.awaitReply(cluster.command(old, "set a worse"));
      assertThat(write.getOutcome()).isNotEqualTo(Outcome.OUTCOME_APPLIED);

      cluster.network.heal();
      cluster.awaitEqualStates(GROUP);
      assertThat(cluster.read("get a")).isEqualTo("new");
    }
  }

  /**
   * H28, H3: a leader that was paused takes the reads that waited for it, and asks the others
   * first.
   */
  @Test
  void aLeaderThatWakesFromALongPauseServesNoStaleRead() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a old");
      int old = cluster.awaitLeader(GROUP);
      cluster.nodes.get(old).paused = true;
      long read = cluster.query(old, "get a");
      int next = cluster.awaitLeaderOtherThan(old);
      assertThat(cluster.awaitReply(cluster.command(next, "set a new")).getOutcome())
          .isEqualTo(Outcome.OUTCOME_APPLIED);
      cluster.nodes.get(old).paused = false;

      Reply reply = cluster.awaitReply(read);
      assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    }
  }

  /** H25: while the leader's disk hangs, no heartbeat leaves, and somebody else takes over. */
  @Test
  void aLeaderWhoseDiskHangsIsReplacedWhileItHangs() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int old = cluster.awaitLeader(GROUP);
      cluster.run(100);
      RuntimeCluster.Node node = cluster.nodes.get(old);
      AtomicInteger next = new AtomicInteger();
      node.disk.setFaults((operation, path) -> {
        if (operation == SimulatedDisk.Operation.SYNC && next.get() == 0) {
          next.set(-1);
          node.paused = true;
          next.set(cluster.awaitNewLeaderWhile(old));
          node.paused = false;
        }
      });
      long hanging = cluster.command(old, "set a 2");
      cluster.await("the disk to come back", () -> next.get() > 0);

      cluster.awaitReply(hanging);
      cluster.await("the old leader to follow", () -> cluster.leaderNow(GROUP) == next.get());
      cluster.write("set a 3");
      cluster.awaitEqualStates(GROUP);
      assertThat(cluster.read("get a")).isEqualTo("3");
    }
  }

  /** H31: what a deposed leader had proposed is unknown, and is said so as soon as it knows. */
  @Test
  void commandsUnderWayWhenLeadershipIsLostAreUnknown() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int old = cluster.awaitLeader(GROUP);
      cluster.network.isolate(old);
      long command = cluster.command(old, "set a 2");
      long query = cluster.query(old, "get a");
      cluster.awaitNewLeaderWhile(old);
      cluster.network.heal();

      Reply commandReply = cluster.awaitReply(command);
      assertThat(commandReply.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(commandReply.getError()).isEqualTo(ErrorCode.ERROR_CODE_LEADERSHIP_LOST);
      Reply queryReply = cluster.awaitReply(query);
      assertThat(queryReply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(queryReply.getError()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
    }
  }

  @Test
  void leadershipIsHandedOverOnRequest() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int first = cluster.awaitLeader(GROUP);
      int target = cluster.followerOf(first);
      TransferLeadershipReply reply = transfer(cluster, first, GROUP, target);

      assertThat(reply.getTransfersList())
          .singleElement()
          .satisfies(transfer -> {
            assertThat(transfer.getDone()).isTrue();
            assertThat(transfer.getLeader()).isEqualTo(target);
          });
      assertThat(cluster.awaitLeader(GROUP)).isEqualTo(target);
      assertThat(cluster.read("get a")).isEqualTo("1");
    }
  }

  @Test
  void aTransferAskedOfAFollowerSaysWhoLeads() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      cluster.awaitEqualStates(GROUP);
      TransferLeadershipReply reply = transfer(cluster, cluster.followerOf(leader), GROUP, 0);

      assertThat(reply.getTransfers(0).getDone()).isFalse();
      assertThat(reply.getTransfers(0).getLeader()).isEqualTo(leader);
    }
  }

  /** H51: a transfer to a node that does not answer is given up, and the leader goes on. */
  @Test
  void aTransferToADeadNodeIsGivenUp() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      int target = cluster.followerOf(leader);
      cluster.kill(target);
      TransferLeadershipReply reply = transfer(cluster, leader, GROUP, target);

      assertThat(reply.getTransfers(0).getDone()).isFalse();
      cluster.write("set a 2");
      assertThat(cluster.read("get a")).isEqualTo("2");
    }
  }

  private static TransferLeadershipReply transfer(
      RuntimeCluster cluster, int node, int group, int target) {
    CompletableFuture<TransferLeadershipReply> answer =
        cluster
            .nodes
            .get(node)
            .assembly()
            .transferLeadership(
                TransferLeadershipRequest.newBuilder()
                    .setGroup(group)
                    .setTarget(target)
                    .setTimeoutMillis(3_000)
                    .build());
    cluster.await("the transfer's end", answer::isDone);
    return answer.join();
  }

  @Test
  void aNodeThatShutsDownHandsOverFinishesAndFlushes() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      NodeAssembly node = cluster.nodes.get(leader).assembly();
      CompletableFuture<Void> drained = node.drain(4_000);
      cluster.step();
      long late = cluster.command(leader, "set a 2");
      cluster.await("the drain's end", 2_000, drained::isDone);

      assertThat(cluster.client.reply(late).getError())
          .isEqualTo(ErrorCode.ERROR_CODE_SHUTTING_DOWN);
      assertThat(cluster.client.reply(late).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.replica(leader, GROUP).getRole()).isNotEqualTo(Role.ROLE_LEADER);
      assertThat(cluster.leaderNow(GROUP)).isNotZero();
      node.close();
      assertThat(cluster.nodes.get(leader).machines.get(GROUP).closed).isTrue();
    }
  }

  @Test
  void aWholeGroupShutsDownTogetherWithinItsTime() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      CompletableFuture<Void> all =
          CompletableFuture.allOf(
              cluster.nodes.values().stream()
                  .map(node -> node.assembly().drain(4_000))
                  .toArray(CompletableFuture[]::new));

      cluster.await("the drain's end", 4_100, all::isDone);
    }
  }

  /** H31: a node that stops answers what it holds, and takes nothing more. */
  @Test
  void closingANodeAnswersEveryOpenRequest() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      NodeAssembly node = cluster.nodes.get(leader).assembly();
      cluster.network.isolate(leader);
      long proposed = cluster.command(leader, "set a 2");
      long read = cluster.query(leader, "get a");
      cluster.step();
      long waiting = cluster.command(leader, "set a 3");
      node.close();
      long after = cluster.command(leader, "set a 4");

      assertThat(cluster.client.reply(proposed).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(cluster.client.reply(read).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.client.reply(waiting).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.client.reply(after).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(node.status(false)).isCompletedExceptionally();
    }
  }
}
