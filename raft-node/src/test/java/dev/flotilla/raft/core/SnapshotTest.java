package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.MILLIS;
import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static dev.flotilla.raft.core.TestReplica.voters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.Effect.Compacted;
import dev.flotilla.raft.core.Effect.Durability;
import dev.flotilla.raft.core.Effect.InstallSnapshot;
import dev.flotilla.raft.core.Effect.Send;
import dev.flotilla.raft.core.Effect.SnapshotNeeded;
import dev.flotilla.raft.core.Message.AppendReply;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import dev.flotilla.raft.core.Message.VoteReply;
import dev.flotilla.raft.core.Message.VoteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final LogBase AT_TEN = new LogBase(10, 2, voters(1, 2, 3, 4));

  /**
   * Leads {1,2,3}; entries 1..5 committed by node 2, log compacted to 5; node 3 answered the probe
   * and has nothing.
   */
  private static TestReplica leaderWithALostFollower() {
    TestReplica leader = TestReplica.leaderOfThree();
    leader.sync();
    leader.acknowledge(2, 1);
    for (int i = 0; i < 4; i++) {
      leader.propose(5);
    }
    leader.sync();
    leader.acknowledge(2, 5);
    leader.step(new Input.Applied(5));
    leader.step(new Input.Compact(5));
    leader.write();
    leader.take();
    return leader;
  }

  private static void probeFails(TestReplica leader) {
    leader.tickAtDeadline();
    Heartbeat beat = only(sent(leader.take()), Heartbeat.class).getLast();
    leader.receive(new HeartbeatReply(3, 1, 1, beat.round()));
    leader.receive(new HeartbeatReply(2, 1, 1, beat.round()));
  }

  @Test
  void theLogIsCompactedUpToWhatTheStateCovers() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    leader.propose(5);
    leader.sync();
    leader.acknowledge(2, 2);
    leader.step(new Input.Applied(2));
    assertThat(leader.step(new Input.Compact(9)))
        .as("never beyond what was handed over")
        .containsExactly(new Compacted(new LogBase(2, 1, voters(1, 2, 3))));
    leader.write();
    assertThat(leader.step(new Input.Compact(1))).isEmpty();
    leader.propose(5);
    assertThat(only(sent(leader.take()), AppendRequest.class).getLast().prevTerm()).isEqualTo(1);
  }

  @Test
  void aFollowerBehindTheLogIsSentASnapshotOnce() {
    TestReplica leader = leaderWithALostFollower();
    probeFails(leader);
    assertThat(only(leader.take(), SnapshotNeeded.class)).containsExactly(new SnapshotNeeded(3));
    assertThat(only(leader.propose(5), SnapshotNeeded.class)).isEmpty();
    assertThat(leader.status().peers().getLast().state()).isEqualTo("snapshot");
    assertThat(only(sent(leader.tickAtDeadline()), Heartbeat.class))
        .as("heartbeats go on meanwhile")
        .hasSize(2);
  }

  @Test
  void replicationGoesOnWhenTheReplicaAcknowledgesTheSnapshot() {
    TestReplica leader = leaderWithALostFollower();
    probeFails(leader);
    leader.propose(5);
    leader.take();
    leader.step(new Input.SnapshotSent(3, true, 5));
    leader.acknowledge(3, 5);
    AppendRequest next = only(sent(leader.take()), AppendRequest.class).getLast();
    assertThat(next.prevIndex()).isEqualTo(5);
    assertThat(leader.status().peers().getLast().state()).isEqualTo("replicate");
  }

  @Test
  void h43ALostAcknowledgementIsMadeGoodByALaterRound() {
    TestReplica leader = leaderWithALostFollower();
    probeFails(leader);
    leader.propose(5);
    leader.step(new Input.SnapshotSent(3, true, 5));
    leader.take();
    probeFails(leader);
    AppendRequest probe =
        only(sent(leader.take()), AppendRequest.class).stream()
            .filter(request -> request.to() == 3)
            .findFirst()
            .orElseThrow();
    assertThat(probe.prevIndex()).isEqualTo(5);
  }

  @Test
  void h43AFailedTransferIsTriedAgainAfterAWhileAndOnlyWithALivingFollower() {
    TestReplica leader = leaderWithALostFollower();
    probeFails(leader);
    leader.take();
    leader.step(new Input.SnapshotSent(3, false, 5));
    assertThat(only(leader.take(), SnapshotNeeded.class)).isEmpty();
    int again = 0;
    long start = leader.now;
    while (again == 0) {
      probeFails(leader);
      again = only(leader.take(), SnapshotNeeded.class).size();
      assertThat(leader.now - start).isLessThan(700 * MILLIS);
    }
    assertThat(leader.now - start).isGreaterThan(400 * MILLIS);
  }

  @Test
  void h43TheLogAfterASnapshotUnderWayIsKeptButNotForEver() {
    TestReplica leader = leaderWithALostFollower();
    probeFails(leader);
    leader.propose(5);
    leader.sync();
    leader.acknowledge(2, 6);
    leader.step(new Input.Applied(6));
    leader.take();
    assertThat(leader.step(new Input.Compact(6))).isEmpty();
    leader.pass(60_000);
    probeFails(leader);
    probeFails(leader);
    assertThat(leader.status().base().index()).isEqualTo(6);
  }

  @Test
  void h43TheNextSendIsATotalFunction() {
    LogBase base = new LogBase(5, 1, voters(1, 2, 3));
    for (Progress.State state : Progress.State.values()) {
      for (long match = 0; match <= 9; match++) {
        for (long next = match + 1; next <= 10; next++) {
          for (boolean paused : new boolean[] {false, true}) {
            for (boolean waiting : new boolean[] {false, true}) {
              Progress progress = new Progress(2, 0, next, TestReplica.OPTIONS, 0);
              progress.state = state;
              progress.matchIndex = match;
              progress.paused = paused;
              progress.snapshotRetryNanos = waiting ? 100 : Progress.NEVER;
              SnapshotDecision.Next expected;
              if (state == Progress.State.SNAPSHOT || paused) {
                expected = SnapshotDecision.Next.WAIT;
              } else if (next <= 5) {
                expected = waiting ? SnapshotDecision.Next.WAIT : SnapshotDecision.Next.SNAPSHOT;
              } else if (state == Progress.State.PROBE) {
                expected = match == 9 ? SnapshotDecision.Next.WAIT : SnapshotDecision.Next.APPEND;
              } else {
                expected = next == 10 ? SnapshotDecision.Next.WAIT : SnapshotDecision.Next.APPEND;
              }
              assertThat(SnapshotDecision.next(progress, base, 9, 50)).isEqualTo(expected);
            }
          }
        }
      }
    }
  }

  // --- follower ---

  private static TestReplica follower() {
    TestReplica follower = TestReplica.of(1, 1, 2, 3);
    follower.append(2, 1, 0, 0, 1, 1, 1, 1);
    follower.sync();
    follower.take();
    return follower;
  }

  @Test
  void h42ASnapshotIsAcknowledgedAfterItsBaseIsWritten() {
    TestReplica follower = follower();
    follower.receive(new Heartbeat(2, 1, 2, 1, 0));
    follower.take();
    assertThat(follower.step(new Input.SnapshotReceived(2, 2, AT_TEN)))
        .containsExactly(
            new InstallSnapshot(AT_TEN),
            new Send(new AppendReply(1, 2, 2, true, 10, 0, 0, 0), Durability.AFTER_DURABLE),
            new Effect.MembershipChanged(AT_TEN.membership(), 10));
    assertThat(follower.status().lastTerm()).isEqualTo(2);
    assertThat(follower.status().commitIndex()).isEqualTo(10);
  }

  @Test
  void h40ASnapshotReplacesEveryMembershipNewerOnesToo() {
    TestReplica follower = TestReplica.of(1, 1, 2, 3);
    Entry newer = new Entry(12, 1, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(voters(1, 9)));
    follower.append(2, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    follower.receive(new AppendRequest(2, 1, 1, 11, 1, 0, List.of(newer)));
    assertThat(follower.status().membership()).isEqualTo(voters(1, 9));
    follower.step(new Input.SnapshotReceived(3, 3, AT_TEN));
    assertThat(follower.status().membership()).isEqualTo(AT_TEN.membership());
    assertThat(follower.status().lastIndex()).isEqualTo(10);
    follower.write();
    follower.restart(10);
    assertThat(follower.status().membership()).isEqualTo(AT_TEN.membership());
  }

  /**
   * A log that began anew after damage has lost the membership of its first place; a snapshot made
   * there says so by naming nobody. Found by the simulator.
   */
  @Test
  void h40WhoInstallsASnapshotThatNamesNobodyOnlyFollowsUntilItsLogNamesSomebody() {
    TestReplica follower = follower();
    LogBase blank = new LogBase(10, 2, Membership.EMPTY);
    follower.receive(new Heartbeat(2, 1, 2, 1, 0));
    follower.step(new Input.SnapshotReceived(2, 2, blank));
    follower.write();
    follower.take();
    assertThat(follower.core.nextDeadlineNanos()).as("never campaigns").isEqualTo(Long.MAX_VALUE);
    assertThat(sent(follower.receive(new VoteRequest(3, 1, 3, 20, 2, true))))
        .containsExactly(new VoteReply(1, 3, 3, false));

    Entry named =
        new Entry(11, 2, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(voters(1, 2, 3)));
    follower.receive(new AppendRequest(3, 1, 3, 10, 2, 10, List.of(named)));
    follower.sync();
    follower.take();
    assertThat(follower.status().membership()).isEqualTo(voters(1, 2, 3));
    assertThat(follower.core.nextDeadlineNanos()).isLessThan(Long.MAX_VALUE);
    assertThat(sent(follower.receive(new VoteRequest(2, 1, 4, 20, 3, true))))
        .containsExactly(new VoteReply(1, 2, 4, true));
  }

  @Test
  void h41AnOldSnapshotOnlyTellsTheLeaderWhereTheReplicaIs() {
    TestReplica follower = follower();
    follower.receive(new Heartbeat(2, 1, 1, 1, 3));
    follower.take();
    LogBase old = new LogBase(2, 1, voters(1, 2, 3));
    assertThat(follower.step(new Input.SnapshotReceived(2, 1, old)))
        .containsExactly(
            new Send(new AppendReply(1, 2, 1, true, 3, 0, 0, 0), Durability.AFTER_DURABLE));
  }

  @Test
  void h41ASnapshotThatContradictsWhatIsCommittedIsRefused() {
    TestReplica follower = follower();
    follower.receive(new Heartbeat(2, 1, 1, 1, 3));
    follower.take();
    LogBase foreign = new LogBase(2, 7, voters(1, 2, 3));
    assertThat(follower.step(new Input.SnapshotReceived(2, 1, foreign))).isEmpty();
  }

  @Test
  void h41ASnapshotTheLogAlreadyContainsOnlyMovesTheCommitIndex() {
    TestReplica follower = follower();
    LogBase inside = new LogBase(3, 1, voters(1, 2, 3));
    assertThat(follower.step(new Input.SnapshotReceived(2, 1, inside)))
        .containsExactly(
            new Send(new AppendReply(1, 2, 1, true, 3, 0, 0, 0), Durability.AFTER_DURABLE),
            new Effect.ApplyUpTo(3));
    assertThat(follower.status().base().index()).isZero();
  }

  @Test
  void aLeaderTakesNoSnapshots() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    assertThat(leader.step(new Input.SnapshotReceived(2, 1, AT_TEN))).isEmpty();
    assertThat(leader.role()).isEqualTo(Role.LEADER);
  }

  // --- recovery ---

  @Test
  void aRestartFindsTermsMembershipsAndCommitAgain() {
    FakeLog log = new FakeLog(AT_TEN);
    for (int i = 11; i <= 40; i++) {
      log.append(List.of(TestReplica.entry(i, 2 + i / 20)));
    }
    log.append(
        List.of(new Entry(41, 4, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(voters(1, 2)))));
    log.hardState = new HardState(6, 2);
    TestReplica replica = new TestReplica(1, log, TestReplica.OPTIONS);
    replica.restart(25);
    CoreStatus status = replica.status();
    assertThat(status.term()).isEqualTo(6);
    assertThat(status.vote()).isEqualTo(2);
    assertThat(status.commitIndex()).isEqualTo(25);
    assertThat(status.durableIndex()).isEqualTo(41);
    assertThat(status.lastTerm()).isEqualTo(4);
    assertThat(status.membership()).isEqualTo(voters(1, 2));
  }

  @Test
  void h9h36RecoveryBelowTheBaseAppliesNothingBeforeTheSnapshot() {
    FakeLog log = new FakeLog(AT_TEN);
    log.hardState = new HardState(2, 0);
    TestReplica replica = new TestReplica(1, log, TestReplica.OPTIONS);
    replica.restart(3);
    assertThat(replica.status().commitIndex()).isEqualTo(10);
    assertThat(replica.status().appliedIndex()).isEqualTo(10);
  }

  @Test
  void h27ALogShorterThanTheStateIsRefused() {
    FakeLog log = new FakeLog(AT_TEN);
    log.hardState = new HardState(2, 0);
    TestReplica replica = new TestReplica(1, log, TestReplica.OPTIONS);
    assertThatThrownBy(() -> replica.restart(11))
        .hasMessageContaining("part of the log is missing");
  }

  @Test
  void h13ALogAheadOfTheTermIsRefused() {
    FakeLog log = new FakeLog(AT_TEN);
    log.hardState = new HardState(1, 0);
    assertThatThrownBy(() -> new TestReplica(1, log, TestReplica.OPTIONS))
        .hasMessageContaining("last term remembered");
  }

  @Test
  void h9NothingIsCalledAppliedBeforeItWasHandedOver() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    assertThatThrownBy(() -> leader.step(new Input.Applied(2))).hasMessageContaining("handed over");
  }
}
