package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.MILLIS;
import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.Durability;
import dev.flotilla.raft.core.Effect.PersistHardState;
import dev.flotilla.raft.core.Effect.RoleChanged;
import dev.flotilla.raft.core.Effect.Send;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import dev.flotilla.raft.core.Message.PreVoteReply;
import dev.flotilla.raft.core.Message.PreVoteRequest;
import dev.flotilla.raft.core.Message.VoteReply;
import dev.flotilla.raft.core.Message.VoteRequest;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ElectionTest {

  @Test
  void asksBeforeItCampaignsAndCampaignsBeforeItLeads() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    assertThat(replica.tickAtDeadline())
        .containsExactly(
            new Send(new PreVoteRequest(1, 2, 1, 0, 0), Durability.AFTER_DURABLE),
            new Send(new PreVoteRequest(1, 3, 1, 0, 0), Durability.AFTER_DURABLE),
            new RoleChanged(Role.PRE_CANDIDATE, 0, 0));
    assertThat(replica.receive(new PreVoteReply(2, 1, 1, true)))
        .as("H11: requests wait for the vote for itself")
        .containsExactly(
            new PersistHardState(new HardState(1, 1)),
            new Send(new VoteRequest(1, 2, 1, 0, 0, false), Durability.AFTER_DURABLE),
            new Send(new VoteRequest(1, 3, 1, 0, 0, false), Durability.AFTER_DURABLE),
            new RoleChanged(Role.CANDIDATE, 1, 0));
    assertThat(replica.sync()).isEmpty();
    List<Effect> won = replica.receive(new VoteReply(3, 1, 1, true));
    Entry noop = only(won, Effect.Append.class).getFirst().entries().getFirst();
    assertThat(noop.kind()).isEqualTo(EntryKind.NOOP);
    assertThat(won)
        .containsExactly(
            new Effect.Append(List.of(noop)),
            new Send(new AppendRequest(1, 2, 1, 0, 0, 0, List.of(noop)), Durability.IMMEDIATE),
            new Send(new AppendRequest(1, 3, 1, 0, 0, 0, List.of(noop)), Durability.IMMEDIATE),
            new RoleChanged(Role.LEADER, 1, 1));
  }

  @Test
  void aGroupOfOneLeadsOnceItsVoteAndCommitsOnceItsEntryIsDurable() {
    TestReplica replica = TestReplica.of(1, 1);
    assertThat(replica.tickAtDeadline())
        .containsExactly(
            new PersistHardState(new HardState(1, 1)), new RoleChanged(Role.CANDIDATE, 1, 0));
    assertThat(only(replica.sync(), RoleChanged.class))
        .containsExactly(new RoleChanged(Role.LEADER, 1, 1));
    assertThat(replica.status().commitIndex()).isZero();
    replica.propose(10);
    assertThat(replica.sync()).containsExactly(new Effect.ApplyUpTo(2));
    assertThat(replica.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void h10AVoteLeavesOnlyAfterItIsWritten() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    assertThat(replica.receive(new VoteRequest(2, 1, 5, 0, 0, false)))
        .containsExactly(
            new PersistHardState(new HardState(5, 2)),
            new Send(new VoteReply(1, 2, 5, true), Durability.AFTER_DURABLE),
            new RoleChanged(Role.FOLLOWER, 5, 0));
  }

  @Test
  void h12AVoteIsKeptThroughStepDownRestartAndRepetition() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new VoteRequest(2, 1, 5, 0, 0, false));
    replica.write();
    assertThat(sent(replica.receive(new VoteRequest(3, 1, 5, 9, 4, false))))
        .containsExactly(new VoteReply(1, 3, 5, false));
    replica.restart(0);
    assertThat(sent(replica.receive(new VoteRequest(3, 1, 5, 9, 4, false))))
        .containsExactly(new VoteReply(1, 3, 5, false));
    assertThat(sent(replica.receive(new VoteRequest(2, 1, 5, 0, 0, false))))
        .containsExactly(new VoteReply(1, 2, 5, true));
  }

  @Test
  void h12ADeposedLeaderKeepsItsVoteInTheSameTerm() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    for (int i = 0; i < 25 && leader.role() == Role.LEADER; i++) {
      leader.tickAtDeadline();
    }
    assertThat(leader.role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.status().vote()).isEqualTo(1);
    assertThat(sent(leader.receive(new VoteRequest(3, 1, 1, 99, 1, false))))
        .containsExactly(new VoteReply(1, 3, 1, false));
  }

  @Test
  void h13ATermIsWrittenBeforeItsEntries() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    List<Effect> effects = replica.append(2, 5, 0, 0, 0, 5);
    assertThat(effects.get(0)).isEqualTo(new PersistHardState(new HardState(5, 0)));
    assertThat(effects.get(1)).isInstanceOf(Effect.Append.class);
  }

  @Test
  void h14LogsAreComparedByTermFirstAndThenByIndex() {
    SplittableRandom random = new SplittableRandom(14);
    for (int i = 0; i < 500; i++) {
      long ownTerm = 1 + random.nextInt(4);
      int ownIndex = 1 + random.nextInt(4);
      FakeLog log = FakeLog.ofVoters(1, 2, 3);
      for (int index = 1; index < ownIndex; index++) {
        log.append(List.of(TestReplica.entry(index, 1)));
      }
      log.append(List.of(TestReplica.entry(ownIndex, ownTerm)));
      log.hardState = new HardState(ownTerm, 0);
      TestReplica replica = new TestReplica(1, log, TestReplica.OPTIONS);
      long term = 1 + random.nextInt(4);
      long index = random.nextInt(6);
      boolean upToDate = term > ownTerm || (term == ownTerm && index >= ownIndex);
      assertThat(sent(replica.receive(new PreVoteRequest(2, 1, 9, index, term))))
          .containsExactly(new PreVoteReply(1, 2, upToDate ? 9 : ownTerm, upToDate));
      assertThat(sent(replica.receive(new VoteRequest(2, 1, 9, index, term, false))))
          .containsExactly(new VoteReply(1, 2, 9, upToDate));
    }
  }

  @Test
  void h15APreCandidateForgetsItsLeaderAndSupportsOthers() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new Heartbeat(2, 1, 4, 1, 0));
    assertThat(sent(replica.receive(new PreVoteRequest(3, 1, 5, 0, 0))))
        .containsExactly(new PreVoteReply(1, 3, 4, false));
    replica.tickAtDeadline();
    assertThat(replica.status().leader()).isZero();
    assertThat(sent(replica.receive(new PreVoteRequest(3, 1, 5, 0, 0))))
        .as("a grant carries the request's term")
        .containsExactly(new PreVoteReply(1, 3, 5, true));
  }

  @Test
  void h15AHigherTermInARefusedPreVoteIsAdopted() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.tickAtDeadline();
    replica.receive(new PreVoteReply(2, 1, 7, false));
    assertThat(replica.role()).isEqualTo(Role.FOLLOWER);
    assertThat(replica.term()).isEqualTo(7);
  }

  @Test
  void h15AStaleLeaderIsToldTheTerm() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new VoteRequest(3, 1, 6, 0, 0, false));
    HeartbeatReply told = new HeartbeatReply(1, 2, 6, 0);
    assertThat(sent(replica.receive(new Heartbeat(2, 1, 4, 9, 0)))).containsExactly(told);
    assertThat(sent(replica.append(2, 4, 0, 0, 0, 4))).containsExactly(told);
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.receive(new HeartbeatReply(2, 1, 6, 0));
    assertThat(leader.role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.term()).isEqualTo(6);
  }

  @Test
  void h16ALeaderWithoutAQuorumFallsSilent() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    long start = leader.now;
    while (leader.role() == Role.LEADER) {
      leader.tickAtDeadline();
      assertThat(leader.now - start).isLessThan(1_200 * MILLIS);
    }
    leader.take();
    assertThat(sent(leader.propose(1))).isEmpty();
    leader.receive(new Message.AppendReply(2, 1, 1, false, 0, 5, 0, 0));
    assertThat(sent(leader.take())).isEmpty();
  }

  @Test
  void h16OneFollowerOfFiveDoesNotKeepALeaderAlive() {
    TestReplica leader = TestReplica.of(1, 1, 2, 3, 4, 5);
    leader.winElection(2, 3);
    for (int i = 0; i < 30 && leader.role() == Role.LEADER; i++) {
      leader.tickAtDeadline();
      List<Heartbeat> beats = only(sent(leader.take()), Heartbeat.class);
      if (!beats.isEmpty()) {
        leader.receive(new HeartbeatReply(2, 1, 1, beats.getFirst().round()));
      }
    }
    assertThat(leader.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void h17LateAnswersToAPreVoteDoNotDisturbALeader() {
    TestReplica leader = TestReplica.leaderOfThree();
    leader.take();
    leader.receive(new PreVoteReply(3, 1, 1, true));
    leader.receive(new PreVoteReply(3, 1, 2, true));
    leader.receive(new VoteReply(3, 1, 1, true));
    leader.receive(new Message.TimeoutNow(2, 1, 1, 0));
    assertThat(leader.take()).isEmpty();
    assertThat(leader.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void anAnswerRepeatedByTheNetworkCountsOnce() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3, 4, 5);
    replica.tickAtDeadline();
    replica.receive(new PreVoteReply(2, 1, 1, true));
    replica.receive(new PreVoteReply(2, 1, 1, true));
    replica.receive(new PreVoteReply(9, 1, 1, true));
    assertThat(replica.role()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void aFollowerOfALivingLeaderIgnoresCandidates() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new Heartbeat(2, 1, 4, 1, 0));
    replica.pass(499);
    assertThat(replica.receive(new VoteRequest(3, 1, 9, 9, 9, false))).isEmpty();
    assertThat(sent(replica.receive(new VoteRequest(3, 1, 9, 9, 9, true))))
        .as("unless the leader itself sent them")
        .containsExactly(new VoteReply(1, 3, 9, true));
  }

  @Test
  void aBrokenConnectionToTheLeaderShortensTheWaitAndEndsLoyalty() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new Heartbeat(2, 1, 4, 1, 0));
    replica.step(new Input.PeerUnreachable(3));
    assertThat(replica.core.nextDeadlineNanos() - replica.now).isGreaterThanOrEqualTo(500 * MILLIS);
    replica.step(new Input.PeerUnreachable(2));
    assertThat(replica.core.nextDeadlineNanos() - replica.now).isLessThan(150 * MILLIS);
    assertThat(sent(replica.receive(new PreVoteRequest(3, 1, 5, 0, 0))))
        .containsExactly(new PreVoteReply(1, 3, 5, true));
    replica.receive(new Heartbeat(2, 1, 4, 2, 0));
    assertThat(sent(replica.receive(new PreVoteRequest(3, 1, 5, 0, 0))))
        .as("a sign of life restores it")
        .containsExactly(new PreVoteReply(1, 3, 4, false));
  }

  @Test
  void h4ALeasePromiseOutlivesABrokenConnectionAndARestart() {
    TestReplica replica = new TestReplica(1, FakeLog.ofVoters(1, 2, 3), TestReplica.options(true));
    assertThat(replica.receive(new VoteRequest(3, 1, 9, 9, 9, false)))
        .as("what was promised before the start is not known")
        .isEmpty();
    replica.pass(500);
    replica.receive(new Heartbeat(2, 1, 4, 1, 0));
    replica.step(new Input.PeerUnreachable(2));
    assertThat(replica.core.nextDeadlineNanos() - replica.now).isGreaterThanOrEqualTo(500 * MILLIS);
    assertThat(replica.receive(new VoteRequest(3, 1, 9, 9, 9, false))).isEmpty();
    replica.pass(500);
    assertThat(sent(replica.receive(new VoteRequest(3, 1, 9, 9, 9, false))))
        .containsExactly(new VoteReply(1, 3, 9, true));
  }

  @Test
  void h28AFollowerThatSleptListensBeforeItCampaigns() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    replica.receive(new Heartbeat(2, 1, 4, 1, 0));
    replica.pass(10_000);
    assertThat(replica.tick()).isEmpty();
    assertThat(replica.role()).isEqualTo(Role.FOLLOWER);
    replica.tickAtDeadline();
    assertThat(replica.role()).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void h29HeartbeatsKeepTheirPhaseHoweverLateTheTicksAre() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    long first = leader.core.nextDeadlineNanos();
    leader.now = first + 7 * MILLIS;
    leader.tick();
    assertThat(leader.core.nextDeadlineNanos()).isEqualTo(first + 50 * MILLIS);
    leader.now = first + 163 * MILLIS;
    leader.tick();
    assertThat(leader.core.nextDeadlineNanos()).isEqualTo(first + 200 * MILLIS);
  }

  /**
   * Heartbeats that leave in one pass share a message to each peer; all in one would be a burst.
   */
  @Test
  void h29TheGroupsOfANodeShareAFewPhases() {
    Set<Long> phases = new TreeSet<>();
    for (int group = 0; group < 64; group++) {
      TestReplica leader = TestReplica.ofSeed(group);
      leader.now += 7 * group * MILLIS;
      leader.winElection(2);
      long next = leader.core.nextDeadlineNanos();
      assertThat(next).isBetween(leader.now + 1, leader.now + 50 * MILLIS);
      phases.add(next % (50 * MILLIS));
    }
    assertThat(phases).hasSize(4);
  }

  @Test
  void h47ALearnerAnswersVotesButNeverCampaigns() {
    FakeLog log =
        new FakeLog(new LogBase(0, 0, new Membership(Set.of(1, 2), Set.of(), Set.of(3), Set.of())));
    TestReplica learner = new TestReplica(3, log, TestReplica.OPTIONS);
    assertThat(learner.role()).isEqualTo(Role.LEARNER);
    assertThat(learner.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(sent(learner.receive(new VoteRequest(2, 3, 3, 0, 0, false))))
        .containsExactly(new VoteReply(3, 2, 3, true));
    learner.receive(new Heartbeat(2, 3, 3, 1, 0));
    assertThat(learner.receive(new Message.TimeoutNow(2, 3, 3, 0))).isEmpty();
  }

  @Test
  void messagesForAnotherNodeAreDropped() {
    TestReplica replica = TestReplica.of(1, 1, 2, 3);
    assertThat(replica.receive(new VoteRequest(2, 3, 9, 9, 9, false))).isEmpty();
    assertThat(replica.term()).isZero();
  }
}
