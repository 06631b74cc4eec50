package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.TestReplica.only;
import static dev.flotilla.raft.core.TestReplica.sent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.Append;
import dev.flotilla.raft.core.Effect.ProposalRefused;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Effect.StrangerHeard;
import dev.flotilla.raft.core.Message.AppendReply;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import dev.flotilla.raft.core.Message.PreVoteReply;
import dev.flotilla.raft.core.Message.PreVoteRequest;
import dev.flotilla.raft.core.Message.VoteReply;
import dev.flotilla.raft.core.Message.VoteRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * H50: whom a group is bound to, and what becomes of the others. Node n's replica is n0, the one
 * that takes its place n1 (in decimal).
 */
class ReplicaIdentityTest {
  private static final Membership BORN = bound(Membership.ofVoters(Set.of(1, 2, 3)));

  private static Membership bound(Membership membership) {
    TreeMap<Integer, Member> members = new TreeMap<>();
    membership.all().forEach(node -> members.put(node, Member.unbound(node).boundTo(10L * node)));
    return membership.withMembers(members);
  }

  private static TestReplica replica(int self, Membership base, ReplicaIdentity identity) {
    return new TestReplica(self, new FakeLog(new LogBase(0, 0, base)), identity);
  }

  /** Node 1 of a born group, in term 1 with its no-op committed. */
  private static TestReplica bornLeader() {
    TestReplica leader = replica(1, BORN, ReplicaIdentity.of(10));
    elect(leader);
    leader.sync();
    acknowledge(leader, 2, 20, 1);
    acknowledge(leader, 3, 30, 1);
    leader.take();
    return leader;
  }

  private static void elect(TestReplica candidate) {
    candidate.tickAtDeadline();
    candidate.receive(new PreVoteReply(2, 1, candidate.term() + 1, true), 20);
    candidate.receive(new PreVoteReply(3, 1, candidate.term() + 1, true), 30);
    candidate.sync();
    candidate.receive(new VoteReply(2, 1, candidate.term(), true), 20);
    candidate.receive(new VoteReply(3, 1, candidate.term(), true), 30);
  }

  /** Found by the simulator: two founders without their disks began a group anew beside the old. */
  @Test
  void h50AGroupIsBegunByAllOfItsVotersOrNotAtAll() {
    TestReplica candidate =
        replica(1, Membership.ofVoters(Set.of(1, 2, 3)), ReplicaIdentity.of(10));
    candidate.tickAtDeadline();
    candidate.receive(new PreVoteReply(2, 1, 1, true), 20);
    assertThat(candidate.status().role()).isEqualTo(Role.PRE_CANDIDATE);
    candidate.receive(new PreVoteReply(3, 1, 1, true), 30);
    candidate.sync();
    assertThat(candidate.status().role()).isEqualTo(Role.CANDIDATE);
    candidate.receive(new VoteReply(2, 1, 1, true), 20);
    assertThat(candidate.status().role()).isEqualTo(Role.CANDIDATE);
    candidate.receive(new VoteReply(3, 1, 1, false), 30);
    assertThat(candidate.status().role()).isEqualTo(Role.FOLLOWER);
  }

  private static List<Effect> acknowledge(TestReplica leader, int node, long replica, long index) {
    return leader.receive(new AppendReply(node, 1, leader.term(), true, index, 0, 0, 0), replica);
  }

  private static Membership proposed(List<Effect> effects) {
    return MembershipCodec.decode(
        only(effects, Append.class).getLast().entries().getLast().payload());
  }

  /** Time goes by in heartbeats, each answered by nodes as the given replicas; until an append. */
  private static List<Effect> heartbeats(TestReplica leader, int count, long... replicas) {
    for (int i = 0; i < count; i++) {
      List<Effect> tick = leader.tickAtDeadline();
      if (!only(tick, Append.class).isEmpty()) {
        return tick;
      }
      for (Heartbeat heartbeat : only(sent(tick), Heartbeat.class)) {
        for (long replica : replicas) {
          if (replica / 10 == heartbeat.to()) {
            leader.receive(
                new HeartbeatReply(heartbeat.to(), 1, heartbeat.term(), heartbeat.round()),
                replica);
          }
        }
      }
    }
    return List.of();
  }

  @Test
  void aLeaderBindsEveryoneAtOnceWhenItHasHeardAllVoters() {
    TestReplica leader = replica(1, Membership.ofVoters(Set.of(1, 2, 3)), ReplicaIdentity.of(10));
    elect(leader);
    leader.sync();
    assertThat(only(acknowledge(leader, 2, 20, 1), Append.class)).isEmpty();
    assertThat(leader.status().commitIndex()).isEqualTo(1);
    acknowledge(leader, 3, 30, 1);
    assertThat(proposed(heartbeats(leader, 1))).isEqualTo(BORN);
  }

  @Test
  void aLeaderDoesNotWaitForeverForAVoterThatNeverCameIfThereAreEnough() {
    TestReplica leader =
        replica(1, Membership.ofVoters(Set.of(1, 2, 3, 4, 5)), ReplicaIdentity.of(10));
    leader.tickAtDeadline();
    for (int voter = 2; voter <= 5; voter++) {
      leader.receive(new PreVoteReply(voter, 1, 1, true), 10 * voter);
    }
    leader.sync();
    for (int voter = 2; voter <= 5; voter++) {
      leader.receive(new VoteReply(voter, 1, 1, true), 10 * voter);
    }
    leader.sync();
    for (int voter = 2; voter <= 3; voter++) {
      acknowledge(leader, voter, 10 * voter, 1);
    }
    assertThat(heartbeats(leader, 400, 20, 30)).as("could not lose one more").isEmpty();
    Membership born = proposed(heartbeats(leader, 3, 20, 30, 40));
    assertThat(born.incarnationOf(4)).isEqualTo(40);
    assertThat(born.incarnationOf(5)).isZero();
  }

  /** Found by a random schedule: born with two of three, the group stopped with the loss of one. */
  @Test
  void aGroupOfThreeIsNotBornWithTwoUnlessANewcomerWaits() {
    TestReplica leader = replica(1, Membership.ofVoters(Set.of(1, 2, 3)), ReplicaIdentity.of(10));
    elect(leader);
    leader.sync();
    acknowledge(leader, 2, 20, 1);
    assertThat(heartbeats(leader, 1_000, 20)).isEmpty();
    Membership target =
        new Membership(Set.of(1, 2, 3), Set.of(), Set.of(4), Set.of())
            .with(new Member(4, 0, "h:4", true, 3));
    leader.step(new Input.ChangeMembership(5, 0, target));
    leader.sync();
    Membership born = proposed(acknowledge(leader, 2, 20, 2));
    assertThat(born.incarnationOf(2)).isEqualTo(20);
    assertThat(born.incarnationOf(3)).isZero();
  }

  @Test
  void h50AVoteOfAnotherReplicaDoesNotCount() {
    TestReplica candidate = replica(1, BORN, ReplicaIdentity.of(10));
    candidate.tickAtDeadline();
    candidate.receive(new PreVoteReply(2, 1, 1, true), 21);
    assertThat(candidate.role()).isEqualTo(Role.PRE_CANDIDATE);
    candidate.receive(new PreVoteReply(2, 1, 1, true), 20);
    assertThat(candidate.role()).isEqualTo(Role.CANDIDATE);
    candidate.sync();
    candidate.receive(new VoteReply(2, 1, 1, true), 21);
    assertThat(candidate.role()).isEqualTo(Role.CANDIDATE);
    candidate.receive(new VoteReply(2, 1, 1, true), 20);
    assertThat(candidate.role()).isEqualTo(Role.LEADER);
  }

  @Test
  void h50InABornGroupAVoterNobodyIsBoundToHelpsElectNobody() {
    Membership base = BORN.with(Member.unbound(2));
    TestReplica candidate = replica(1, base, ReplicaIdentity.of(10));
    candidate.tickAtDeadline();
    candidate.receive(new PreVoteReply(2, 1, 1, true), 20);
    assertThat(candidate.role()).isEqualTo(Role.PRE_CANDIDATE);
    TestReplica unbound = replica(2, base, ReplicaIdentity.of(20));
    assertThat(unbound.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void h50AnAcknowledgementOfAnotherReplicaDoesNotCount() {
    TestReplica leader = bornLeader();
    leader.propose(10);
    leader.sync();
    List<Effect> effects = acknowledge(leader, 2, 21, 2);
    assertThat(leader.status().commitIndex()).isEqualTo(1);
    assertThat(effects).containsExactly(new StrangerHeard(2, 20, 21));
    assertThat(acknowledge(leader, 2, 21, 2)).as("said once").isEmpty();
    acknowledge(leader, 2, 20, 2);
    assertThat(leader.status().commitIndex()).isEqualTo(2);
  }

  @Test
  void h50AReadRoundAnsweredByAnotherReplicaDoesNotCount() {
    TestReplica leader = bornLeader();
    List<Effect> read = leader.step(new Input.Read(9, false));
    long round = only(sent(read), Heartbeat.class).getFirst().round();
    assertThat(leader.receive(new HeartbeatReply(3, 1, 1, round), 31))
        .containsExactly(new StrangerHeard(3, 30, 31));
    assertThat(leader.receive(new HeartbeatReply(3, 1, 1, round), 30))
        .contains(new Effect.ReadReady(9, 1, Long.MAX_VALUE));
  }

  @Test
  void h50AReplicaThatSeesItsNodeBoundToAnotherNeitherVotesNorCampaigns() {
    TestReplica stranger = replica(2, BORN, ReplicaIdentity.of(21));
    assertThat(stranger.role()).isEqualTo(Role.LEARNER);
    assertThat(stranger.status().standing()).isEqualTo(Standing.REPLACED);
    assertThat(stranger.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(sent(stranger.receive(new PreVoteRequest(1, 2, 7, 9, 6), 10)))
        .containsExactly(new PreVoteReply(2, 1, 0, false));
    assertThat(sent(stranger.receive(new VoteRequest(1, 2, 7, 9, 6, false), 10)))
        .containsExactly(new VoteReply(2, 1, 7, false));
  }

  @Test
  void h50ADamagedReplicaThatGaveUpItsIdentityKeepsSilentEvenWhereNobodyIsBound() {
    TestReplica damaged =
        replica(2, Membership.ofVoters(Set.of(1, 2, 3)), new ReplicaIdentity(21, true));
    assertThat(damaged.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(sent(damaged.receive(new VoteRequest(1, 2, 7, 9, 6, false), 10)))
        .containsExactly(new VoteReply(2, 1, 7, false));
    assertThat(damaged.status().standing()).isEqualTo(Standing.REPLACED);
  }

  /** Found by a random schedule. */
  @Test
  void h50AHeartbeatForTheReplicaBeforeDoesNotMoveTheCommitIndex() {
    TestReplica fresh = replica(2, Membership.ofVoters(Set.of(1, 2, 3)), ReplicaIdentity.of(21));
    fresh.append(3, 4, 0, 0, 0, 4, 4); // of a leader deposed since
    fresh.receive(new Heartbeat(1, 2, 5, 1, 2, 20), 10);
    assertThat(fresh.status().commitIndex()).isZero();
    fresh.receive(new Heartbeat(1, 2, 5, 2, 9, 20), 10);
    fresh.receive(new AppendRequest(1, 2, 5, 0, 0, 1, List.of(TestReplica.entry(1, 5))), 10);
    fresh.receive(new Heartbeat(1, 2, 5, 3, 1, 21), 10);
    assertThat(fresh.status().commitIndex()).isEqualTo(1);
  }

  @Test
  void h50AMemberThatWasAwayFollowsALeaderItsMembershipDoesNotKnow() {
    TestReplica away = replica(2, BORN, ReplicaIdentity.of(20));
    away.receive(new AppendRequest(1, 2, 5, 0, 0, 1, List.of(TestReplica.entry(1, 5))), 11);
    assertThat(away.status().leader()).isEqualTo(1);
    assertThat(away.status().lastIndex()).isEqualTo(1);
  }

  @Test
  void h50ANodeThatComesBackAsAnotherReplicaIsMadeALearnerAndThenAVoterAgain() {
    TestReplica leader = bornLeader();
    Membership joint = proposed(heartbeats(leader, 100, 20, 31));
    assertThat(joint.voters()).containsExactly(1, 2);
    assertThat(joint.outgoingVoters()).containsExactly(1, 2, 3);
    assertThat(joint.learnersNext()).containsExactly(3);
    assertThat(joint.member(3)).isEqualTo(new Member(3, 31, "", true, 0));
    leader.sync();
    assertThat(leader.status().commitIndex()).isEqualTo(1);
    Membership left = proposed(acknowledge(leader, 2, 20, 2));
    assertThat(left.learners()).containsExactly(3);
    leader.sync();
    acknowledge(leader, 2, 20, 3);
    acknowledge(leader, 3, 31, 3);
    Membership promoted = proposed(heartbeats(leader, 3, 20, 31));
    assertThat(promoted.voters()).containsExactly(1, 2, 3);
    assertThat(promoted.outgoingVoters()).containsExactly(1, 2);
    assertThat(promoted.member(3)).isEqualTo(new Member(3, 31, "", false, 0));
  }

  /** Nothing is sent in a group without writes, so a follower may be probed for ever. */
  @Test
  void aLearnerThatHasEverythingIsPromotedThoughItsConnectionBrokeAndNobodyWrites() {
    TestReplica leader = bornLeader();
    heartbeats(leader, 100, 20, 31);
    leader.sync();
    acknowledge(leader, 2, 20, 2);
    leader.sync();
    acknowledge(leader, 2, 20, 3);
    acknowledge(leader, 3, 31, 3);
    leader.step(new Input.PeerUnreachable(3));
    assertThat(proposed(heartbeats(leader, 3, 20, 31)).voters()).containsExactly(1, 2, 3);
  }

  @Test
  void h50AnEchoOfAReplicaThatIsGoneChangesNothing() {
    TestReplica leader = bornLeader();
    for (int i = 0; i < 100; i++) {
      leader.receive(new HeartbeatReply(3, 1, 1, 0), 31);
      assertThat(heartbeats(leader, 1, 20, 30)).isEmpty();
    }
    assertThat(leader.status().membership()).isEqualTo(BORN);
  }

  /** What the leader knows of a follower, it knows of the replica that was there. */
  @Test
  void h50TheReplicaThatIsBoundAnewStartsFromNothing() {
    TestReplica leader = bornLeader();
    heartbeats(leader, 100, 20, 31);
    assertThat(leader.status().peers().get(1).matchIndex()).isZero();
  }

  @Test
  void h48NoLearnerIsPromotedBeforeItHoldsTheEntryThatMadeItOne() {
    TestReplica leader = bornLeader();
    Membership target =
        new Membership(BORN.voters(), Set.of(), Set.of(4), Set.of(), new TreeMap<>(BORN.members()))
            .with(new Member(4, 0, "h:4", true, 0));
    leader.step(new Input.ChangeMembership(5, 0, target));
    leader.sync();
    acknowledge(leader, 2, 20, 2);
    acknowledge(leader, 4, 40, 1); // heard, so bound by entry 3; holds neither that nor entry 2
    assertThat(proposed(heartbeats(leader, 3, 20, 30, 40)).incarnationOf(4)).isEqualTo(40);
    leader.sync();
    acknowledge(leader, 2, 20, 3);
    assertThat(heartbeats(leader, 30, 20, 30, 40)).isEmpty();
    acknowledge(leader, 4, 40, 2);
    assertThat(heartbeats(leader, 30, 20, 30, 40)).isEmpty();
    acknowledge(leader, 4, 40, 3);
    Membership promoted = proposed(heartbeats(leader, 30, 20, 30, 40));
    assertThat(promoted.voters()).containsExactly(1, 2, 3, 4);
    assertThat(promoted.outgoingVoters()).containsExactly(1, 2, 3);
  }

  @Test
  void h48NobodyIsMadeAVoterOfABornGroupWhoIsNotBoundOrLagsBehind() {
    TestReplica leader = bornLeader();
    Membership target =
        new Membership(
            Set.of(1, 2, 3, 4), Set.of(), Set.of(), Set.of(), new TreeMap<>(BORN.members()));
    assertThat(leader.step(new Input.ChangeMembership(5, 0, target)))
        .containsExactly(new ProposalRefused(5, Refusal.NOT_CAUGHT_UP));
  }

  @Test
  void aNewcomerReplacesANodeInOneJointChange() {
    TestReplica leader = bornLeader();
    Membership target =
        new Membership(BORN.voters(), Set.of(), Set.of(4), Set.of(), new TreeMap<>(BORN.members()))
            .with(new Member(4, 40, "h:4", true, 3));
    leader.step(new Input.ChangeMembership(5, 0, target));
    leader.sync();
    acknowledge(leader, 2, 20, 2);
    acknowledge(leader, 4, 40, 2);
    Membership joint = proposed(heartbeats(leader, 30, 20, 30, 40));
    assertThat(joint.voters()).containsExactly(1, 2, 4);
    assertThat(joint.outgoingVoters()).containsExactly(1, 2, 3);
    assertThat(joint.learnersNext()).isEmpty();
  }

  /** H47: it answers although it has not heard of its promotion; and it knows who it is. */
  @Test
  void h47ALearnerVotesForACandidateThatKnowsOfItsPromotion() {
    Membership base = bound(new Membership(Set.of(1, 2), Set.of(), Set.of(3), Set.of()));
    TestReplica learner = replica(3, base, ReplicaIdentity.of(30));
    assertThat(sent(learner.receive(new VoteRequest(1, 3, 2, 5, 1, false), 10)))
        .containsExactly(new VoteReply(3, 1, 2, true));
  }

  @Test
  void whoeverWasToldToJoinWaitsForAMembershipThatHoldsIt() {
    TestReplica joining = replica(4, Membership.EMPTY, new ReplicaIdentity(40, true));
    assertThat(joining.status().standing()).isEqualTo(Standing.JOINING);
    assertThat(joining.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(sent(joining.receive(new VoteRequest(1, 4, 2, 5, 1, false), 10)))
        .containsExactly(new VoteReply(4, 1, 2, false));
    Membership holding = bound(new Membership(Set.of(1, 2, 3), Set.of(), Set.of(4), Set.of()));
    Entry entry = new Entry(1, 2, EntryKind.MEMBERSHIP, 0, MembershipCodec.encode(holding));
    joining.receive(new AppendRequest(1, 4, 2, 0, 0, 1, List.of(entry)), 10);
    assertThat(joining.status().standing()).isEqualTo(Standing.MEMBER);
    assertThat(joining.status().commitIndex()).isEqualTo(1);
  }

  @Test
  void membershipsAreDescribedForPeople() {
    assertThat(BORN.with(new Member(2, 31, "h:1", true, 3)).toString())
        .isEqualTo("voters 1#a 2#1f+3 3#1e");
    assertThat(Membership.EMPTY.toString()).isEqualTo("nobody");
  }
}
