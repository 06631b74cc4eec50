package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Effect.Refusal;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Changing the members (thesis 4.1, 4.3). A change of voters goes through a joint configuration
 * that is left on its own as soon as it is committed; a change of learners alone is one entry,
 * since learners are in no quorum. Who is to become a voter of a born group must have been a
 * learner before and be bound to its replica (see {@link MemberUpkeep}): the group could not tell
 * it from one that has lost its disk.
 *
 * <p>One change at a time, and none before an entry of the leader's own term is committed (H45,
 * H46). The counter-example for single-server changes: S1 leads term 1 of {1,2,3,4} and adds 5
 * without committing that; S2 leads term 2 and, not knowing of it, removes 1 with the majority
 * {2,3} of {2,3,4}; S1 comes back and commits the first change with {1,4,5} of {1,2,3,4,5}. Two
 * disjoint majorities. A commit in its own term tells a leader that no such uncommitted change
 * survives elsewhere.
 *
 * <p>A membership counts from the moment it is in the log, so nobody can campaign with a change it
 * holds but has not taken into account.
 */
final class ConfigChange {
  private final ReplicaState replica;
  private final Followers followers;
  private final Rounds rounds;
  private final Replication replication;
  private final LeadershipTransfer transfer;
  private final RoleChange roles;

  /**
   * The membership this leader has seen committed and acted upon, by its index; -1 at the start of
   * a term.
   */
  private long settledIndex = -1;

  ConfigChange(
      ReplicaState replica,
      Followers followers,
      Rounds rounds,
      Replication replication,
      LeadershipTransfer transfer,
      RoleChange roles) {
    this.replica = replica;
    this.followers = followers;
    this.rounds = rounds;
    this.replication = replication;
    this.transfer = transfer;
    this.roles = roles;
  }

  void start() {
    settledIndex = -1;
  }

  void change(Input.ChangeMembership input) {
    Refusal refusal = refusal(input.target());
    if (refusal != null) {
      replica.out.emit(new Effect.ProposalRefused(input.proposalId(), refusal));
      return;
    }
    Membership next = firstStep(replica.memberships.effective(), input.target());
    Entry entry = append(next, input.stampMillis());
    replica.out.emit(new Effect.ProposalAccepted(input.proposalId(), entry.index(), entry.term()));
    replication.broadcast();
  }

  private @Nullable Refusal refusal(Membership target) {
    if (!replica.isLeader()) {
      return Refusal.NOT_LEADER;
    }
    if (transfer.isUnderWay()) {
      return Refusal.TRANSFERRING;
    }
    if (!isSettled()) {
      return Refusal.CHANGE_IN_PROGRESS;
    }
    Membership current = replica.memberships.effective();
    boolean valid =
        !target.voters().isEmpty()
            && !target.isJoint()
            && target.learnersNext().isEmpty()
            && target.all().stream().allMatch(node -> node > 0)
            && !target.equals(current)
            && target.all().stream()
                .filter(current::contains)
                .allMatch(node -> target.incarnationOf(node) == current.incarnationOf(node));
    if (!valid) {
      return Refusal.INVALID;
    }
    return isReady(target) ? null : Refusal.NOT_CAUGHT_UP;
  }

  /** Whether the membership in force is committed, for good, and an entry of this term is. */
  boolean isSettled() {
    return replica.committedInTerm()
        && replica.memberships.effectiveIndex() <= replica.commitment.index()
        && !replica.memberships.effective().isJoint();
  }

  /**
   * Whether the target's voters could go on by themselves at once. In a born group only those who
   * are bound vote, and those who took the place of a lost replica only when they know that they
   * are bound: so the new voters all, and of the target's voters a quorum, must be bound and hold
   * the membership in force (H47, H48).
   */
  boolean isReady(Membership target) {
    Membership current = replica.memberships.effective();
    if (!current.isBorn()) {
      return true;
    }
    IntPredicate ready =
        node ->
            target.incarnationOf(node) != 0
                && followers.matchIndexOf(node) >= replica.memberships.effectiveIndex();
    return target.voters().stream().allMatch(node -> current.isVoter(node) || ready.test(node))
        && new Quorum(target).holds(ready);
  }

  /** Goes to a membership that the leader itself wants. The one in force must be settled. */
  void go(Membership target) {
    append(firstStep(replica.memberships.effective(), target), 0);
    replication.broadcast();
  }

  /** The membership to go to at once: the target itself, or the joint one on the way to it. */
  static Membership firstStep(Membership current, Membership target) {
    if (current.voters().equals(target.voters())) {
      return target;
    }
    TreeSet<Integer> learners = new TreeSet<>(target.learners());
    learners.removeAll(current.voters());
    TreeSet<Integer> learnersNext = new TreeSet<>(target.learners());
    learnersNext.retainAll(current.voters());
    TreeMap<Integer, Member> members = new TreeMap<>(current.members());
    target.all().forEach(node -> members.put(node, target.member(node)));
    return new Membership(target.voters(), current.voters(), learners, learnersNext, members);
  }

  /** What a joint membership becomes. */
  static Membership leave(Membership joint) {
    TreeSet<Integer> learners = new TreeSet<>(joint.learners());
    learners.addAll(joint.learnersNext());
    return new Membership(joint.voters(), Set.of(), learners, Set.of(), joint.members());
  }

  private Entry append(Membership next, long stampMillis) {
    Entry entry =
        replication.append(EntryKind.MEMBERSHIP, stampMillis, MembershipCodec.encode(next));
    replica.memberships.append(entry.index(), next);
    followers.update();
    return entry;
  }

  /** The leader's commit index grew by an entry of its term. */
  void onCommit() {
    Membership effective = replica.memberships.effective();
    if (settledIndex == replica.memberships.effectiveIndex()
        || replica.memberships.effectiveIndex() > replica.commitment.index()) {
      return;
    }
    if (effective.isJoint()) {
      append(leave(effective), 0);
      replication.broadcast();
      return;
    }
    boolean leaves = !effective.isVoter(replica.self);
    if (leaves || followers.all().size() != effective.all().size() - 1) {
      rounds.send(); // the last word to those who were removed: that it is committed
    }
    if (leaves) {
      stepDown();
      return;
    }
    followers.update();
    settledIndex = replica.memberships.effectiveIndex();
  }

  /**
   * A leader outside the new configuration has led until that was committed (thesis 4.2.2) and now
   * goes, not without asking the best of the others to take over at once.
   */
  private void stepDown() {
    Progress successor = transfer.bestFollower();
    if (successor != null) {
      transfer.urgeOnce(successor);
    }
    roles.toFollower(replica.term(), 0);
  }
}
