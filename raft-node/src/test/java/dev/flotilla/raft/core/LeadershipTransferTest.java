package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.Durability;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Effect.Send;
import dev.flotilla.raft.core.Effect.TransferEnded;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import dev.flotilla.raft.core.Message.TimeoutNow;
import dev.flotilla.raft.core.Message.VoteRequest;
import org.junit.jupiter.api.Test;

class LeadershipTransferTest {

  @Test
  void h51ALevelTargetIsToldAtOnceAndTheLeaderReportsItsSuccessor() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    assertThat(leader.step(new Input.TransferLeadership(3)))
        .containsExactly(new Send(new TimeoutNow(1, 3, 1, 1), Durability.IMMEDIATE));
    leader.receive(new VoteRequest(3, 1, 2, 1, 1, true));
    assertThat(leader.role()).isEqualTo(Role.FOLLOWER);
    leader.take();
    leader.receive(new Heartbeat(3, 1, 2, 1, 0));
    assertThat(leader.take()).contains(new TransferEnded(3, "handed over"));
  }

  @Test
  void aFollowerWhoseConnectionBrokeIsFitToLeadThoughNobodyWritesSince() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.PeerUnreachable(2));
    leader.step(new Input.PeerUnreachable(3));
    assertThat(only(sent(leader.step(new Input.TransferLeadership(0))), TimeoutNow.class))
        .containsExactly(new TimeoutNow(1, 2, 1, 1));
  }

  @Test
  void h51ProposalsStopAndTheTargetIsBroughtLevelFirst() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.propose(5);
    leader.sync();
    leader.take();
    assertThat(leader.step(new Input.TransferLeadership(2))).isEmpty();
    assertThat(leader.propose(5))
        .containsExactly(new Effect.ProposalRefused(77, Refusal.TRANSFERRING));
    assertThat(sent(leader.acknowledge(2, 2))).containsExactly(new TimeoutNow(1, 2, 1, 2));
  }

  @Test
  void h51ATransferThatTakesTooLongIsGivenUpAndWorkGoesOn() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.TransferLeadership(2));
    long round = 0;
    for (int i = 0; i < 30 && leader.status().transferring(); i++) {
      leader.tickAtDeadline();
      for (Heartbeat beat : only(sent(leader.take()), Heartbeat.class)) {
        round = beat.round();
      }
      leader.receive(new HeartbeatReply(3, 1, 1, round));
    }
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    assertThat(only(leader.propose(5), Effect.ProposalAccepted.class)).hasSize(1);
  }

  @Test
  void h51TimeoutNowIsRepeated() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.TransferLeadership(2));
    leader.take();
    leader.tickAtDeadline();
    assertThat(only(sent(leader.take()), TimeoutNow.class)).hasSize(1);
  }

  @Test
  void h51LosingLeadershipWithoutASuccessorDoesNotHang() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.TransferLeadership(2));
    leader.receive(new VoteRequest(2, 1, 2, 1, 1, true));
    leader.take();
    for (int i = 0; i < 10 && leader.status().transferring(); i++) {
      leader.tickAtDeadline();
    }
    assertThat(only(leader.take(), TransferEnded.class))
        .containsExactly(new TransferEnded(0, "timed out"));
  }

  @Test
  void h51TheTargetSkipsPreVoteAndRaisesItsTermAtOnce() {
    TestReplica target = TestReplica.of(2, 1, 2, 3);
    target.append(1, 1, 0, 0, 0, 1);
    target.write();
    assertThat(only(sent(target.receive(new TimeoutNow(1, 2, 1, 1))), VoteRequest.class))
        .containsExactly(
            new VoteRequest(2, 1, 2, 1, 1, true), new VoteRequest(2, 3, 2, 1, 1, true));
    target.take();
    target.receive(new Heartbeat(1, 2, 1, 9, 1));
    assertThat(target.role()).as("an old heartbeat changes nothing").isEqualTo(Role.CANDIDATE);
  }

  @Test
  void h51ATargetThatIsBehindDoesNotCampaign() {
    TestReplica target = TestReplica.of(2, 1, 2, 3);
    target.append(1, 1, 0, 0, 0, 1);
    assertThat(target.receive(new TimeoutNow(1, 2, 1, 2))).isEmpty();
    assertThat(target.receive(new TimeoutNow(1, 2, 0, 0))).isEmpty();
    assertThat(target.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void theBestFollowerIsTheOneWithTheLongestLog() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.propose(5);
    leader.sync();
    leader.acknowledge(3, 2);
    leader.take();
    assertThat(leader.step(new Input.TransferLeadership(0)))
        .containsExactly(new Send(new TimeoutNow(1, 3, 1, 2), Durability.IMMEDIATE));
  }

  @Test
  void impossibleTransfersEndAtOnce() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    assertThat(leader.step(new Input.TransferLeadership(9)))
        .containsExactly(new TransferEnded(0, "node 9 is no voter"));
    assertThat(leader.step(new Input.TransferLeadership(1)))
        .containsExactly(new TransferEnded(1, "already the leader"));
    TestReplica follower = TestReplica.of(1, 1, 2, 3);
    assertThat(follower.step(new Input.TransferLeadership(2)))
        .containsExactly(new TransferEnded(0, "not the leader"));
    TestReplica alone = TestReplica.of(1, 1);
    alone.tickAtDeadline();
    alone.sync();
    alone.take();
    assertThat(alone.step(new Input.TransferLeadership(0)))
        .containsExactly(new TransferEnded(0, "no follower is fit to lead"));
  }
}
