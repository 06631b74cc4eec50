package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.ReadReady;
import dev.flotilla.raft.core.Effect.ReadRefused;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadIndexTest {
  private static final long QUORUM = Long.MAX_VALUE;

  @Test
  void aReadOnAnIdleLeaderStartsARoundAtOnce() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    assertThat(sent(leader.step(new Input.Read(9, false))))
        .containsExactly(new Heartbeat(1, 2, 1, 1, 1), new Heartbeat(1, 3, 1, 1, 1));
    assertThat(leader.receive(new HeartbeatReply(3, 1, 1, 1)))
        .containsExactly(new ReadReady(9, 1, QUORUM));
    assertThat(leader.receive(new HeartbeatReply(2, 1, 1, 1))).isEmpty();
  }

  @Test
  void h1ReadsWaitForACommitOfTheTerm() {
    TestReplica leader = TestReplica.leaderOfThree();
    leader.take();
    assertThat(leader.step(new Input.Read(9, false))).isEmpty();
    leader.tickAtDeadline();
    assertThat(only(leader.receive(new HeartbeatReply(2, 1, 1, 1)), ReadReady.class)).isEmpty();
    leader.sync();
    List<Effect> opened = leader.acknowledge(2, 1);
    assertThat(only(opened, ReadReady.class)).isEmpty();
    assertThat(only(sent(opened), Heartbeat.class).getFirst().round()).isEqualTo(2);
    assertThat(leader.receive(new HeartbeatReply(2, 1, 1, 2)))
        .containsExactly(new ReadReady(9, 1, QUORUM));
  }

  @Test
  void h2h3ARoundSentBeforeTheReadArrivedDoesNotConfirmIt() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.tickAtDeadline(); // round 1, of no concern to the read
    leader.step(new Input.Read(9, false)); // round 2
    leader.take();
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    leader.receive(new HeartbeatReply(3, 1, 1, 1));
    assertThat(leader.take()).isEmpty();
    leader.receive(new HeartbeatReply(3, 1, 1, 2));
    assertThat(leader.take()).containsExactly(new ReadReady(9, 1, QUORUM));
  }

  @Test
  void h2TheSameReaderAskingAgainIsConfirmedByItsOwnRoundOnly() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.Read(9, false));
    leader.receive(new HeartbeatReply(3, 1, 1, 1));
    leader.step(new Input.Read(9, false));
    leader.take();
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    assertThat(leader.take()).isEmpty();
  }

  /** H8: after many rounds and few entries, an index is an index and a round a round. */
  @Test
  void h8AReadIsGivenTheCommitIndexAndNotTheNumberOfItsRound() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    for (int round = 1; round <= 7; round++) {
      leader.tickAtDeadline();
      leader.receive(new HeartbeatReply(2, 1, 1, round));
    }
    leader.take();
    leader.step(new Input.Read(9, false));
    assertThat(leader.receive(new HeartbeatReply(2, 1, 1, 8)))
        .containsExactly(new ReadReady(9, 1, QUORUM));
  }

  @Test
  void h3AppendsAnsweredDoNotConfirmReads() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.propose(5);
    leader.step(new Input.Read(9, false));
    leader.sync();
    leader.take();
    leader.acknowledge(2, 2);
    leader.acknowledge(3, 2);
    assertThat(only(leader.take(), ReadReady.class)).isEmpty();
  }

  @Test
  void readsBeyondAFewRoundsShareTheNextOne() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    for (int i = 1; i <= 10; i++) {
      leader.step(new Input.Read(i, false));
    }
    assertThat(only(sent(leader.take()), Heartbeat.class).getLast().round()).isEqualTo(4);
    List<Effect> effects = leader.receive(new HeartbeatReply(2, 1, 1, 1));
    assertThat(only(effects, ReadReady.class)).containsExactly(new ReadReady(1, 1, QUORUM));
    assertThat(only(sent(effects), Heartbeat.class).getLast().round()).isEqualTo(5);
    assertThat(only(leader.receive(new HeartbeatReply(2, 1, 1, 5)), ReadReady.class)).hasSize(9);
  }

  @Test
  void aLostRoundIsMadeGoodByTheNextHeartbeat() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.Read(9, false));
    leader.tickAtDeadline();
    leader.take();
    leader.receive(new HeartbeatReply(2, 1, 1, 2));
    assertThat(only(leader.take(), ReadReady.class)).hasSize(1);
  }

  @Test
  void aDeposedLeaderDoesNotServeReads() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.Read(9, false));
    leader.take();
    leader.receive(new Heartbeat(2, 1, 5, 1, 0));
    assertThat(only(leader.take(), ReadRefused.class))
        .containsExactly(new ReadRefused(9, Refusal.NOT_LEADER));
    leader.receive(new HeartbeatReply(3, 1, 1, 1));
    assertThat(only(leader.take(), ReadReady.class)).isEmpty();
  }

  @Test
  void h6AJointReadNeedsBothHalves() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.step(new Input.ChangeMembership(5, 0, TestReplica.voters(1, 4, 5)));
    leader.take();
    leader.step(new Input.Read(9, false));
    long round = only(sent(leader.take()), Heartbeat.class).getFirst().round();
    leader.receive(new HeartbeatReply(2, 1, 1, round));
    leader.receive(new HeartbeatReply(3, 1, 1, round));
    assertThat(only(leader.take(), ReadReady.class)).isEmpty();
    leader.receive(new HeartbeatReply(5, 1, 1, round));
    assertThat(only(leader.take(), ReadReady.class)).hasSize(1);
  }

  @Test
  void aGroupOfOneReadsWithoutAsking() {
    TestReplica alone = TestReplica.of(1, 1);
    alone.tickAtDeadline();
    alone.sync();
    alone.sync();
    assertThat(alone.step(new Input.Read(9, false))).containsExactly(new ReadReady(9, 1, QUORUM));
  }

  // --- leases ---

  private static TestReplica leaseHolder() {
    TestReplica leader = TestReplica.settledLeaderOfThree(TestReplica.options(true));
    leader.tickAtDeadline();
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    leader.take();
    return leader;
  }

  @Test
  void aLeaseReadAsksNobody() {
    TestReplica leader = leaseHolder();
    long end = leader.now + 400 * TestReplica.MILLIS;
    assertThat(leader.step(new Input.Read(9, true))).containsExactly(new ReadReady(9, 1, end));
    assertThat(sent(leader.step(new Input.Read(10, false))))
        .as("unless asked for more")
        .isNotEmpty();
  }

  @Test
  void h4ALeaseIsCountedFromTheMomentTheRoundWasSent() {
    TestReplica leader = TestReplica.settledLeaderOfThree(TestReplica.options(true));
    leader.tickAtDeadline();
    long sentAt = leader.now;
    leader.pass(300);
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    leader.take();
    assertThat(leader.step(new Input.Read(9, true)))
        .containsExactly(new ReadReady(9, 1, sentAt + 400 * TestReplica.MILLIS));
    leader.pass(100);
    assertThat(only(leader.step(new Input.Read(10, true)), ReadReady.class)).isEmpty();
  }

  @Test
  void h4ANewLeaderHasNoLease() {
    TestReplica leader = TestReplica.settledLeaderOfThree(TestReplica.options(true));
    assertThat(only(leader.step(new Input.Read(9, true)), ReadReady.class)).isEmpty();
  }

  @Test
  void h5ALeaseIsNoUseBeforeACommitOfTheTerm() {
    TestReplica leader = TestReplica.leaderOfThree(TestReplica.options(true));
    leader.tickAtDeadline();
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    leader.take();
    assertThat(leader.step(new Input.Read(9, true))).isEmpty();
  }

  @Test
  void leasesAreOffUnlessConfigured() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.tickAtDeadline();
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    assertThat(only(leader.step(new Input.Read(9, true)), ReadReady.class)).isEmpty();
  }

  @Test
  void h7ALeaseIsForfeitedForTheTermOnceTimeoutNowHasLeft() {
    TestReplica leader = leaseHolder();
    leader.step(new Input.TransferLeadership(2));
    assertThat(leader.step(new Input.Read(9, true)))
        .containsExactly(new ReadRefused(9, Refusal.TRANSFERRING));
    leader.receive(new HeartbeatReply(2, 1, 1, 1));
    for (int i = 0; i < 25 && leader.status().transferring(); i++) {
      leader.tickAtDeadline();
      Heartbeat beat = only(sent(leader.take()), Heartbeat.class).getLast();
      leader.receive(new HeartbeatReply(2, 1, 1, beat.round()));
    }
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    assertThat(only(leader.step(new Input.Read(10, true)), ReadReady.class))
        .as("a TimeoutNow still under way may depose us any moment")
        .isEmpty();
  }

  // --- pauses ---

  @Test
  void h28AfterAPauseNoLeaseIsLeftAndQuorumIsJudgedByFreshAnswers() {
    TestReplica leader = leaseHolder();
    leader.pass(30_000);
    // The mail that waited: an answer from before the pause.
    leader.receive(new HeartbeatReply(3, 1, 1, 1));
    assertThat(leader.role()).as("a pause alone deposes nobody").isEqualTo(Role.LEADER);
    assertThat(only(sent(leader.take()), Heartbeat.class).getFirst().round()).isEqualTo(2);
    assertThat(only(leader.step(new Input.Read(9, true)), ReadReady.class)).isEmpty();
    // Old answers are no evidence: without a fresh one it steps down in time.
    long resumed = leader.now;
    while (leader.role() == Role.LEADER) {
      leader.tickAtDeadline();
      leader.receive(new HeartbeatReply(2, 1, 1, 1));
      assertThat(leader.now - resumed).isLessThan(1_200 * TestReplica.MILLIS);
    }
  }

  @Test
  void h28ALeaderWhoseFollowersStillAnswerSurvivesAPause() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.pass(5_000);
    for (int i = 0; i < 40; i++) {
      leader.tickAtDeadline();
      Heartbeat beat = only(sent(leader.take()), Heartbeat.class).getLast();
      leader.receive(new HeartbeatReply(2, 1, 1, beat.round()));
    }
    assertThat(leader.role()).isEqualTo(Role.LEADER);
  }
}
