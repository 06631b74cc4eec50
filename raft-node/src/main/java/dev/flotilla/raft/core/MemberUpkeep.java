package dev.flotilla.raft.core;

import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a leader does for its group's members by itself, a step at a time, whenever the membership
 * is settled. All it goes by stands in the membership, so whoever leads next goes on with it.
 *
 * <p><b>Binding</b> (H50). A member is bound to the one replica of its node it was first heard as.
 * From then on nothing another replica of that node says is counted: not one on an empty disk, nor
 * one on an old disk, nor one that found its log damaged. The counter-example without:
 *
 * <pre>
 *   S1, S2 have committed entry 7; S3 is behind
 *   S1 loses its disk, comes back empty and votes for S3, which wins without entry 7
 * </pre>
 *
 * The first binding makes the group born, and from then on a voter that is not bound yet cannot
 * help elect anyone. So the leader waits to hear all voters and binds them together. When one does
 * not come it goes on without, but only if the group can then lose another, or if a newcomer waits,
 * who cannot be promoted before: else a group of three that has never heard its third voter would
 * stop for good with the loss of one disk, though two are well.
 *
 * <p><b>Letting a replaced replica in again.</b> A joint change makes its node a learner bound to
 * the new replica; it catches up and is promoted like any newcomer. Why the new replica may be
 * named as soon as the joint membership is entered, though it is a voter of its outgoing half and
 * has forgotten what it promised: whoever counts it has that entry in its log, and with it all that
 * was committed before; and the incoming half, which is everyone else, must agree as well: its
 * majority meets every quorum the old replica was ever part of in somebody else. The new replica
 * itself waits with campaigning until it knows that entry to be committed, see {@link
 * ReplicaState#mayCampaign}.
 *
 * <p><b>Promotion.</b> A learner that is marked for it becomes a voter once it has the entry that
 * made it a learner (H48), keeps up (thesis 4.2.1) and answers. The node it replaces leaves in the
 * same joint change.
 */
final class MemberUpkeep {
  /** How many election timeouts a leader waits to hear all voters before it binds the first. */
  private static final int BIRTH_TIMEOUTS = 10;

  /**
   * How many election timeouts lie between two voters being made learners: a node whose replicas
   * take turns must not keep its group busy.
   */
  private static final int DEMOTION_TIMEOUTS = 10;

  private final ReplicaState replica;
  private final Followers followers;
  private final LeadershipTransfer transfer;
  private final ConfigChange change;

  private long birthNanos;
  private long nextDemotionNanos;

  MemberUpkeep(
      ReplicaState replica, Followers followers, LeadershipTransfer transfer, ConfigChange change) {
    this.replica = replica;
    this.followers = followers;
    this.transfer = transfer;
    this.change = change;
  }

  /** Leadership begins. */
  void start() {
    birthNanos = replica.nowNanos + BIRTH_TIMEOUTS * patienceNanos();
    nextDemotionNanos = replica.nowNanos;
  }

  private long patienceNanos() {
    return replica.options.electionTimeoutMaxNanos();
  }

  /** Does what is due, at most one step. Called on the leader, every heartbeat and commit. */
  void advance() {
    Membership membership = replica.memberships.effective();
    for (int learner : membership.learners()) {
      Progress progress = followers.find(learner);
      if (progress != null) {
        progress.catchUp.observe(
            progress.matchIndex,
            replica.log.lastIndex(),
            replica.nowNanos,
            replica.options.electionTimeoutMinNanos());
      }
    }
    if (!change.isSettled() || transfer.isUnderWay()) {
      return;
    }
    Membership next = bound(membership);
    if (next == null) {
      next = withReplaced(membership);
    }
    if (next == null) {
      next = withPromoted(membership);
    }
    if (next != null) {
      change.go(next);
    }
  }

  private @Nullable Membership bound(Membership membership) {
    // Nearly always everybody is, and every heartbeat and commit comes by here.
    if (replica.identity.incarnation() == 0 || membership.areAllBound()) {
      return null;
    }
    TreeMap<Integer, Member> members = new TreeMap<>(membership.members());
    boolean news = false;
    boolean complete = true;
    for (int node : membership.all()) {
      Member member = membership.member(node);
      long heard = heardAs(node);
      if (!member.isBound() && heard != 0) {
        members.put(node, member.boundTo(heard));
        news = true;
      }
      complete &= member.isBound() || heard != 0 || !membership.isVoter(node);
    }
    Membership next = membership.withMembers(members);
    return news && (membership.isBorn() || complete || mayBeBorn(next)) ? next : null;
  }

  /** Whether a group may be born although not all of its voters have been heard. */
  private boolean mayBeBorn(Membership next) {
    int bound = 0;
    for (int voter : next.voters()) {
      bound += next.incarnationOf(voter) != 0 ? 1 : 0;
    }
    boolean newcomerWaits =
        next.learners().stream().anyMatch(learner -> next.member(learner).promote());
    int majority = next.voters().size() / 2 + 1;
    return replica.nowNanos >= birthNanos && bound >= (newcomerWaits ? majority : majority + 1);
  }

  private long heardAs(int node) {
    if (node == replica.self) {
      return replica.identity.incarnation();
    }
    Progress progress = followers.find(node);
    return progress == null || !isHeard(progress) ? 0 : progress.incarnation;
  }

  private boolean isHeard(Progress progress) {
    return replica.nowNanos - progress.lastContactNanos < replica.options.electionTimeoutMinNanos();
  }

  private @Nullable Membership withReplaced(Membership membership) {
    for (Progress progress : followers.all()) {
      if (!membership.contains(progress.node) || !isReplaced(progress)) {
        continue;
      }
      Member member = membership.member(progress.node).boundTo(progress.stranger);
      if (membership.isLearner(progress.node)) {
        return membership.with(member);
      }
      if (replica.nowNanos >= nextDemotionNanos && membership.voters().size() > 1) {
        TreeSet<Integer> voters = new TreeSet<>(membership.voters());
        voters.remove(progress.node);
        TreeSet<Integer> learners = new TreeSet<>(membership.learners());
        learners.add(progress.node);
        Membership next = parts(voters, learners, membership.with(member.promoting(0)));
        if (change.isReady(next)) {
          nextDemotionNanos = replica.nowNanos + DEMOTION_TIMEOUTS * patienceNanos();
          return next;
        }
      }
    }
    return null;
  }

  /**
   * Whether another replica speaks for the node, still, and the member has been silent all the
   * while. A message of a former replica that the network held back does not make it so.
   */
  private boolean isReplaced(Progress progress) {
    long now = replica.nowNanos;
    return progress.stranger != 0
        && now - progress.strangerSinceNanos >= patienceNanos()
        && now - progress.strangerHeardNanos < patienceNanos()
        && now - progress.lastContactNanos >= patienceNanos();
  }

  private @Nullable Membership withPromoted(Membership membership) {
    for (int node : membership.learners()) {
      Member member = membership.member(node);
      boolean known = member.isBound() || replica.identity.incarnation() == 0;
      if (member.promote() && known && isFit(node)) {
        TreeSet<Integer> voters = new TreeSet<>(membership.voters());
        voters.add(node);
        voters.remove(member.replaces());
        TreeSet<Integer> learners = new TreeSet<>(membership.learners());
        learners.remove(node);
        learners.remove(member.replaces());
        Membership next = parts(voters, learners, membership.with(member.settled()));
        if (change.isReady(next)) {
          return next;
        }
      }
    }
    return null;
  }

  /**
   * Whether a learner could be promoted now. One that is being probed may hold everything: in a
   * group without writes nothing is sent that would show it.
   */
  boolean isFit(int node) {
    Progress progress = followers.find(node);
    return progress != null
        && progress.state != Progress.State.SNAPSHOT
        && progress.matchIndex >= replica.memberships.effectiveIndex()
        && progress.catchUp.isDone()
        && isHeard(progress);
  }

  private static Membership parts(
      TreeSet<Integer> voters, TreeSet<Integer> learners, Membership knowledge) {
    return new Membership(voters, new TreeSet<>(), learners, new TreeSet<>(), knowledge.members());
  }
}
