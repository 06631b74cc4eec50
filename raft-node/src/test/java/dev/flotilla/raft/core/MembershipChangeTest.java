package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static dev.flotilla.raft.core.TestReplica.voters;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.Append;
import dev.flotilla.raft.core.Effect.MembershipChanged;
import dev.flotilla.raft.core.Effect.ProposalRefused;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Effect.RemovalLearned;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.PreVoteReply;
import dev.flotilla.raft.core.Message.PreVoteRequest;
import dev.flotilla.raft.core.Message.TimeoutNow;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembershipChangeTest {

  private static List<Effect> change(TestReplica replica, Membership target) {
    return replica.step(new Input.ChangeMembership(5, 1_000, target));
  }

  private static Membership learners(Set<Integer> voters, Set<Integer> learners) {
    return new Membership(voters, Set.of(), learners, Set.of());
  }

  private static Entry membership(long index, Membership membership) {
    return new Entry(index, 1, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(membership));
  }

  private static Membership proposed(List<Effect> effects) {
    Entry entry = only(effects, Append.class).getLast().entries().getLast();
    assertThat(entry.kind()).isEqualTo(EntryKind.MEMBERSHIP);
    return MembershipCodec.decode(entry.payload());
  }

  @Test
  void votersChangeThroughAJointConfigurationThatIsLeftOnItsOwn() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    Membership joint = new Membership(Set.of(1, 2, 4), Set.of(1, 2, 3), Set.of(), Set.of());
    List<Effect> entered = change(leader, voters(1, 2, 4));
    assertThat(proposed(entered)).isEqualTo(joint);
    assertThat(entered)
        .contains(new Effect.ProposalAccepted(5, 2, 1), new MembershipChanged(joint, 2));
    leader.sync();
    leader.acknowledge(3, 2);
    assertThat(leader.status().commitIndex())
        .as("{1,3} is a majority of the old voters, {1} none of the new (H6)")
        .isEqualTo(1);
    leader.take();
    List<Effect> left = leader.acknowledge(2, 2);
    assertThat(proposed(left)).isEqualTo(voters(1, 2, 4));
    leader.sync();
    leader.take();
    List<Effect> settled = leader.acknowledge(2, 3);
    assertThat(only(sent(settled), Heartbeat.class))
        .as("the removed node hears what is committed of what it has")
        .contains(new Heartbeat(1, 3, 1, 1, 2));
    assertThat(leader.status().peers())
        .extracting(CoreStatus.PeerStatus::node)
        .containsExactly(2, 4);
  }

  @Test
  void learnersChangeInOneStepAndCountForNothing() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    Membership target = learners(Set.of(1, 2, 3), Set.of(4, 5));
    List<Effect> effects = change(leader, target);
    assertThat(proposed(effects)).isEqualTo(target);
    assertThat(only(sent(effects), AppendRequest.class))
        .extracting(AppendRequest::to)
        .contains(4, 5);
    leader.acknowledge(4, 2);
    leader.acknowledge(5, 2);
    leader.sync();
    assertThat(leader.status().commitIndex()).isEqualTo(1);
  }

  @Test
  void aVoterThatBecomesALearnerIsOneOnlyAfterTheJointConfiguration() {
    Membership joint =
        ConfigChange.firstStep(voters(1, 2, 3), learners(Set.of(1, 2), Set.of(3, 4)));
    assertThat(joint)
        .isEqualTo(new Membership(Set.of(1, 2), Set.of(1, 2, 3), Set.of(4), Set.of(3)));
    assertThat(ConfigChange.leave(joint)).isEqualTo(learners(Set.of(1, 2), Set.of(3, 4)));
  }

  @Test
  void h45NoChangeBeforeACommitOfTheTerm() {
    TestReplica leader = TestReplica.leaderOfThree();
    assertThat(change(leader, voters(1, 2, 3, 4)))
        .containsExactly(new ProposalRefused(5, Refusal.CHANGE_IN_PROGRESS));
  }

  @Test
  void h46OneChangeAtATime() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    change(leader, learners(Set.of(1, 2, 3), Set.of(4)));
    assertThat(change(leader, voters(1, 2)))
        .containsExactly(new ProposalRefused(5, Refusal.CHANGE_IN_PROGRESS));
    leader.sync();
    leader.acknowledge(2, 2);
    change(leader, voters(1, 2));
    leader.sync();
    leader.acknowledge(2, 3);
    assertThat(change(leader, voters(1)))
        .as("the joint configuration is committed, its end is not")
        .containsExactly(new ProposalRefused(5, Refusal.CHANGE_IN_PROGRESS));
  }

  @Test
  void senselessChangesAreRefused() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    for (Membership senseless :
        List.of(
            voters(1, 2, 3),
            learners(Set.of(), Set.of(1)),
            voters(0, 1, 2),
            new Membership(Set.of(1, 2), Set.of(3), Set.of(), Set.of()))) {
      assertThat(change(leader, senseless))
          .containsExactly(new ProposalRefused(5, Refusal.INVALID));
    }
    assertThat(change(TestReplica.of(1, 1, 2, 3), voters(1, 2)))
        .containsExactly(new ProposalRefused(5, Refusal.NOT_LEADER));
  }

  @Test
  void aNewLeaderLeavesAJointConfigurationItInherited() {
    FakeLog log = FakeLog.ofVoters(1, 2, 3);
    Membership joint = new Membership(Set.of(1, 2), Set.of(1, 2, 3), Set.of(), Set.of());
    log.append(List.of(new Entry(1, 1, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(joint))));
    log.hardState = new HardState(1, 0);
    TestReplica leader = new TestReplica(1, log, TestReplica.OPTIONS);
    leader.winElection(2);
    leader.sync();
    leader.take();
    assertThat(proposed(leader.acknowledge(2, 2))).isEqualTo(voters(1, 2));
  }

  @Test
  void h49ARemovedLeaderLeadsUntilTheChangeIsCommittedAndThenHandsOver() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    change(leader, voters(2, 3));
    leader.sync();
    leader.acknowledge(2, 2);
    leader.acknowledge(3, 2);
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    leader.acknowledge(2, 3);
    leader.take();
    leader.sync();
    List<Effect> last = leader.acknowledge(3, 3);
    assertThat(only(sent(last), TimeoutNow.class)).hasSize(1);
    assertThat(leader.role()).isEqualTo(Role.LEARNER);
    assertThat(leader.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void h49ALeaderBeingRemovedDoesNotCountItself() {
    TestReplica leader = TestReplica.settledLeaderOfThree();
    change(leader, voters(2, 3));
    leader.sync();
    leader.acknowledge(2, 2);
    assertThat(leader.status().commitIndex()).isEqualTo(1);
  }

  @Test
  void h49ARemovedNodeCannotDisturbAGroupWithALeader() {
    TestReplica member = TestReplica.of(1, 1, 2, 3);
    member.receive(new Heartbeat(2, 1, 4, 1, 0));
    assertThat(sent(member.receive(new PreVoteRequest(9, 1, 50, 99, 4))))
        .containsExactly(new PreVoteReply(1, 9, 4, false));
    assertThat(member.receive(new Message.VoteRequest(9, 1, 50, 99, 4, false))).isEmpty();
    assertThat(member.term()).isEqualTo(4);
  }

  /** A node 1 that goes on with 2 and without 3 since entry 1, which it does not know committed. */
  private static TestReplica memberThatGoesOnWithout3() {
    TestReplica member = TestReplica.of(1, 1, 2, 3);
    member.receive(new AppendRequest(2, 1, 1, 0, 0, 0, List.of(membership(1, voters(1, 2)))));
    member.sync();
    return member;
  }

  @Test
  void h49WhoeverMissedItsRemovalIsToldByThoseWhoKnowItCommitted() {
    TestReplica member = memberThatGoesOnWithout3();
    PreVoteRequest asked = new PreVoteRequest(3, 1, 2, 9, 1);
    assertThat(sent(member.receive(asked)))
        .as("3 may still be a member")
        .containsExactly(new PreVoteReply(1, 3, 1, false, 0));
    member.receive(new Heartbeat(2, 1, 1, 1, 1));
    assertThat(sent(member.receive(asked))).containsExactly(new PreVoteReply(1, 3, 1, false, 1));
    assertThat(sent(member.receive(new PreVoteRequest(2, 1, 2, 9, 1))))
        .containsExactly(new PreVoteReply(1, 2, 1, false, 0));
  }

  @Test
  void h49NobodyIsToldOfARemovalThatALaterMembershipMayTakeBack() {
    TestReplica member = memberThatGoesOnWithout3();
    Membership back = new Membership(Set.of(1, 2), Set.of(), Set.of(3), Set.of());
    member.receive(new AppendRequest(2, 1, 1, 1, 1, 1, List.of(membership(2, back))));
    assertThat(sent(member.receive(new PreVoteRequest(3, 1, 2, 9, 1))))
        .containsExactly(new PreVoteReply(1, 3, 1, false, 0));
  }

  @Test
  void h49WhoeverStandsInOneHalfOfAJointMembershipIsNotRemoved() {
    TestReplica member = TestReplica.of(1, 1, 2, 3);
    Membership joint = new Membership(Set.of(1, 2), Set.of(1, 2, 3), Set.of(), Set.of());
    member.receive(new AppendRequest(2, 1, 1, 0, 0, 1, List.of(membership(1, joint))));
    assertThat(sent(member.receive(new PreVoteRequest(3, 1, 2, 9, 1))))
        .containsExactly(new PreVoteReply(1, 3, 1, false, 0));
  }

  @Test
  void h49AReplicaThatIsToldOfItsRemovalFallsSilentAndSaysSoOnce() {
    TestReplica removed = TestReplica.of(3, 1, 2, 3);
    assertThat(only(sent(removed.tickAtDeadline()), PreVoteRequest.class)).hasSize(2);
    assertThat(removed.receive(new PreVoteReply(1, 3, 4, false, 7)))
        .contains(new RemovalLearned(1, 7));
    assertThat(removed.role()).isEqualTo(Role.LEARNER);
    assertThat(removed.status().standing()).isEqualTo(Standing.REMOVED);
    assertThat(removed.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(removed.receive(new PreVoteReply(2, 3, 4, false, 9))).isEmpty();
    removed.receive(new PreVoteReply(1, 3, 1, true, 0));
    removed.receive(new PreVoteReply(2, 3, 1, true, 0));
    assertThat(removed.role()).as("votes that were on their way").isEqualTo(Role.LEARNER);
  }

  @Test
  void h49ARemovedReplicaThatHoldsTheEntryButNotItsCommitIsSilencedToo() {
    TestReplica removed = TestReplica.of(3, 1, 2, 3);
    removed.receive(new AppendRequest(2, 3, 1, 0, 0, 0, List.of(membership(1, voters(1, 2)))));
    assertThat(removed.role()).as("the removal may never be committed").isEqualTo(Role.FOLLOWER);
    removed.receive(new PreVoteReply(1, 3, 1, false, 1));
    assertThat(removed.role()).isEqualTo(Role.LEARNER);
  }

  /**
   * It had campaigned, hung in its disk while it was removed, and answers the heartbeats that wait
   * for it. Found by the simulator.
   */
  @Test
  void h49AnAnswerOfARemovedReplicaInALaterTermDeposesNobody() {
    FakeLog log = FakeLog.ofVoters(1, 2, 3);
    log.append(List.of(membership(1, voters(1, 2))));
    log.hardState = new HardState(1, 0);
    TestReplica leader = new TestReplica(1, log, TestReplica.OPTIONS);
    leader.winElection(2);
    leader.sync();
    leader.acknowledge(2, 2);
    assertThat(leader.status().commitIndex()).isEqualTo(2);

    leader.receive(new Message.HeartbeatReply(3, 1, 9, 1));
    leader.receive(new Message.AppendReply(3, 1, 9, false, 0, 0, 0, 0));
    leader.receive(new Message.VoteReply(3, 1, 9, false));
    leader.receive(new PreVoteReply(3, 1, 9, false));
    assertThat(leader.role()).isEqualTo(Role.LEADER);
    assertThat(leader.status().term()).isEqualTo(2);

    leader.receive(new Message.HeartbeatReply(2, 1, 9, 1));
    assertThat(leader.role()).as("a member's answer is another matter").isEqualTo(Role.FOLLOWER);
  }

  @Test
  void h49ARemovedReplicaStillVotes() {
    TestReplica removed = TestReplica.of(3, 1, 2, 3);
    removed.receive(new PreVoteReply(1, 3, 0, false, 7));
    assertThat(sent(removed.receive(new Message.VoteRequest(2, 3, 5, 9, 4, false))))
        .containsExactly(new Message.VoteReply(3, 2, 5, true));
  }

  @Test
  void h49OldNewsOfARemovalSilencesNobodyWhoWasLetInAgain() {
    TestReplica member = TestReplica.of(3, 1, 2, 3);
    Membership out = voters(1, 2);
    List<Entry> entries = List.of(membership(1, out), membership(2, voters(1, 2, 3)));
    member.receive(new AppendRequest(2, 3, 1, 0, 0, 1, entries));
    assertThat(member.receive(new PreVoteReply(1, 3, 1, false, 1))).isEmpty();
    assertThat(member.role()).isEqualTo(Role.FOLLOWER);
    assertThat(member.status().standing()).isEqualTo(Standing.MEMBER);
    member.receive(new AppendRequest(2, 3, 2, 1, 1, 1, List.of()));
    member.append(2, 2, 1, 1, 1, 2);
    assertThat(member.role()).as("without what had let it in").isEqualTo(Role.LEARNER);
  }

  @Test
  void h49ARemovedReplicaIsAMemberAgainOnceALeaderAppendsWhatLetItIn() {
    TestReplica removed = TestReplica.of(3, 1, 2, 3);
    removed.receive(new PreVoteReply(1, 3, 0, false, 1));
    assertThat(removed.role()).isEqualTo(Role.LEARNER);
    List<Entry> entries = List.of(membership(1, voters(1, 2)), membership(2, voters(1, 2, 3)));
    removed.receive(new AppendRequest(2, 3, 1, 0, 0, 2, entries));
    assertThat(removed.role()).isEqualTo(Role.FOLLOWER);
    assertThat(removed.status().standing()).isEqualTo(Standing.MEMBER);
    assertThat(only(sent(removed.tickAtDeadline()), PreVoteRequest.class)).isNotEmpty();
  }

  @Test
  void h49ALeaderBeingRemovedMayLeadAgainWhenNobodyElseCan() {
    // Found by a random schedule; see ReplicaState.mayCampaign.
    FakeLog log = FakeLog.ofVoters(1, 5);
    Membership in = new Membership(Set.of(3), Set.of(1, 5), Set.of(), Set.of());
    Membership out = new Membership(Set.of(4), Set.of(3), Set.of(), Set.of());
    log.append(List.of(membership(1, in), membership(2, voters(3)), membership(3, out)));
    log.append(List.of(membership(4, voters(4))));
    log.hardState = new HardState(1, 0);
    TestReplica removed = new TestReplica(3, log, TestReplica.OPTIONS);
    removed.winElection(4);
    assertThat(removed.role()).isEqualTo(Role.LEADER);
    removed.sync();
    removed.acknowledge(4, 5);
    assertThat(removed.role()).isEqualTo(Role.LEARNER);
    assertThat(removed.status().commitIndex()).isEqualTo(5);
  }

  @Test
  void aCutTailBringsThePreviousMembershipBack() {
    TestReplica follower = TestReplica.of(1, 1, 2, 3);
    Entry entry = new Entry(1, 1, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(voters(1, 2)));
    follower.receive(new AppendRequest(2, 1, 1, 0, 0, 0, List.of(entry)));
    assertThat(follower.status().membership()).isEqualTo(voters(1, 2));
    assertThat(only(follower.append(3, 2, 0, 0, 0, 2), MembershipChanged.class))
        .containsExactly(new MembershipChanged(voters(1, 2, 3), 0));
  }
}
