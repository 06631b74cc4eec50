package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.wire.MessageCodec;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** H30: what fails stops, loudly, and nothing else with it. */
final class ContainmentTest {

  @Test
  void aStateMachineThatThrowsStopsItsReplicaAndNoOther() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(1, 1, 2)) {
      cluster.startAll();
      cluster.awaitLeader(1);
      cluster.awaitLeader(2);
      NodeAssembly node = cluster.nodes.get(1).assembly();
      long before = cluster.client.command(node::submit, 1, "set a 1");
      long boom = cluster.client.command(node::submit, 1, "boom");
      cluster.await("an answer", () -> cluster.client.isAnswered(boom));

      // Both were in one entry; neither outcome is known, and both callers are told.
      for (long id : List.of(before, boom)) {
        assertThat(cluster.client.reply(id).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
        assertThat(cluster.client.reply(id).getError())
            .isEqualTo(ErrorCode.ERROR_CODE_REPLICA_FAILED);
      }
      cluster.run(10);
      Reply after = cluster.awaitReply(cluster.client.command(node::submit, 1, "set a 2"));
      assertThat(after.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(after.getError()).isEqualTo(ErrorCode.ERROR_CODE_REPLICA_FAILED);
      ReplicaStatus failed = cluster.hashedReplica(1, 1);
      assertThat(failed.getRole()).isEqualTo(Role.ROLE_FAILED);
      assertThat(failed.getFailure()).contains("boom");
      assertThat(node.metrics().groups().get(1).failed()).isTrue();

      Reply other = cluster.awaitReply(cluster.client.command(node::submit, 2, "set a 1"));
      assertThat(other.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
      assertThat(cluster.nodes.get(1).fatal).isEmpty();
    }
  }

  /**
   * H21: a core that is told to cut what is committed refuses, and its replica is out of service.
   */
  @Test
  void aCoreThatMeetsTheImpossibleStopsItsReplicaAndNoOther() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(1, 3, 2)) {
      cluster.startAll();
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(1);
      cluster.awaitLeader(2);
      cluster.awaitEqualStates(1);
      int follower = cluster.followerOf(leader);
      long term = cluster.replica(leader, 1).getTerm();
      NodeAssembly node = cluster.nodes.get(follower).assembly();
      Entry other = new Entry(1, term + 1, EntryKind.NOOP, 0, new byte[0]);
      Message impossible =
          new Message.AppendRequest(leader, follower, term + 1, 0, 0, 0, List.of(other));
      node.receiver()
          .onMessages(
              leader,
              MessageBatch.newBuilder().addMessages(MessageCodec.encode(1, impossible)).build());
      cluster.run(10);

      assertThat(cluster.replica(follower, 1).getRole()).isEqualTo(Role.ROLE_FAILED);
      assertThat(cluster.replica(follower, 2).getRole()).isNotEqualTo(Role.ROLE_FAILED);
      Reply refused = cluster.awaitReply(cluster.command(follower, "set a 2"));
      assertThat(refused.getError()).isEqualTo(ErrorCode.ERROR_CODE_REPLICA_FAILED);
      cluster.write("set a 3");
    }
  }
}
