package dev.flotilla.raft.core;

import java.util.random.RandomGenerator;

/** What the topics of one replica share. Each field is changed by the one topic that owns it. */
final class ReplicaState {
  final int self;
  final ReplicaIdentity identity;
  final RaftOptions options;
  final RandomGenerator random;
  final Ballot ballot;
  final EntryLog log;
  final MembershipHistory memberships;
  final Commitment commitment;
  final Outbox out;

  /** Changed by {@link RoleChange} only. */
  Role role = Role.FOLLOWER;

  /**
   * The leader of the current term; 0 while none is known, or when it has been given up. Changed by
   * {@link RoleChange} only. Within a term no two nodes are ever named here.
   */
  int leader;

  /**
   * The highest index at which a committed membership is known to go on without this node, from
   * those who hold it; 0 for none. See {@link #isToldRemoved}.
   */
  private long toldRemovedAt;

  /** The time of the step under way, monotonic. */
  long nowNanos;

  ReplicaState(
      int self,
      ReplicaIdentity identity,
      RaftOptions options,
      RandomGenerator random,
      Ballot ballot,
      EntryLog log,
      MembershipHistory memberships,
      Commitment commitment,
      long nowNanos) {
    this.self = self;
    this.identity = identity;
    this.options = options;
    this.random = random;
    this.ballot = ballot;
    this.log = log;
    this.memberships = memberships;
    this.commitment = commitment;
    this.out = new Outbox(ballot);
    this.nowNanos = nowNanos;
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  long term() {
    return ballot.term();
  }

  Quorum quorum() {
    return memberships.quorum();
  }

  /**
   * Whether this replica may campaign: a voter of any membership in its log that is, or may be,
   * committed (H49). Being a voter of the one in force is not enough:
   *
   * <pre>
   *   n3, the leader, knew {3,4} committed, appended {4}, crashed, restarted: in force {4}, commit forgotten
   *   n4              has {3,4} in force, and a log shorter than n3's
   * </pre>
   *
   * n4 needs the vote of n3, who has the longer log and refuses; so n3 must lead once more,
   * although it is being removed, and although it does not remember that {3,4} was committed.
   *
   * <p>And the voter must be this replica (H50): the latest membership that holds the node is bound
   * to it, or nobody is bound yet. Of a membership not known to be committed the outgoing half does
   * not count: the node may stand there for the replica it had before, see {@link MemberUpkeep},
   * and if it does not, the membership before that one has it among the incoming.
   *
   * <p>Nor may a replica that has been told that it was removed.
   */
  boolean mayCampaign() {
    return !isToldRemoved() && memberships.mayCampaign(self, identity, commitment.index());
  }

  /**
   * Whether a campaign of this replica takes the votes of all: as long as it knows of nobody bound
   * to a replica, it cannot tell a voter that has nothing yet from one that lost its disk (H50).
   *
   * <pre>
   *   n1, n2, n3 are the group; n1 loses its disk and n4 takes its place; later n2 loses its disk
   *   n1, put back with its old configuration, and n2 would be two of three who know of nothing
   * </pre>
   *
   * n3 knows better and refuses. From the birth of the group on, which is a moment after its first
   * election, a quorum of those who are bound is enough. (A replica without an incarnation is not
   * told from any other.)
   */
  boolean needsAllVotes() {
    return identity.incarnation() != 0 && !memberships.effective().isBorn();
  }

  /** A membership committed at {@code index} goes on without this node. */
  void tellRemoved(long index) {
    toldRemovedAt = Math.max(toldRemovedAt, index);
  }

  /**
   * Whether this replica has been told of a removal that its log knows nothing of (H49). What it
   * was told is true for ever, but not the last word: a membership that stands later in its log may
   * have let it in again, and then counts.
   *
   * <p>Why it costs nobody a leader that such a replica does not campaign: either its log lacks an
   * entry that is committed, so that it could not win; or it holds all that is committed up to
   * there, and so does a quorum in which it is not counted. It votes as before: whether its vote
   * counts is for others to judge.
   */
  boolean isToldRemoved() {
    return toldRemovedAt != 0 && toldRemovedAt >= memberships.effectiveIndex();
  }

  /**
   * Whether this replica may vote. Nearly always: whether its vote counts is for the candidate to
   * judge, by a membership this replica may not have heard of yet (H47). Not a replica that is
   * known to have lost what its node promised (H50), nor one that knows no membership at all.
   */
  boolean mayVote() {
    Membership membership = memberships.lastHolding(self, commitment.index());
    if (membership == null) {
      return !memberships.effective().isEmpty() && !identity.reborn();
    }
    long bound = membership.incarnationOf(self);
    return bound == 0 ? !identity.reborn() : bound == identity.incarnation();
  }

  /** Whether the group goes on without the node, as far as is known to be committed. */
  boolean isRemoved(int node) {
    return memberships.removalOf(node, commitment.index()) != 0;
  }

  /**
   * Whether a campaign may count the vote of a node's replica. Of a node nobody is bound to, only
   * while nobody at all is: later it may be the remains of a replica that voted or acknowledged
   * something, and lost it, before the group could bind it.
   */
  boolean voteCounts(int node, long incarnation) {
    Membership membership = memberships.effective();
    long bound = membership.incarnationOf(node);
    return bound == 0 ? !membership.isBorn() : bound == incarnation;
  }

  /**
   * Whether a leader may take a node's replica for the member. Whoever is not bound may be: what it
   * acknowledges is counted, its vote is not, so every quorum that elects meets the bound part of
   * every quorum that commits.
   */
  boolean speaksFor(int node, long incarnation) {
    Membership membership = memberships.lastHolding(node, commitment.index());
    long bound = membership == null ? 0 : membership.incarnationOf(node);
    return bound == 0 || bound == incarnation;
  }

  Standing standing() {
    Membership effective = memberships.effective();
    if (effective.isEmpty()) {
      return Standing.JOINING;
    }
    Membership membership = memberships.lastHolding(self, commitment.index());
    boolean gone = !effective.contains(self) && memberships.effectiveIndex() <= commitment.index();
    if (membership == null || gone || isToldRemoved()) {
      return Standing.REMOVED;
    }
    long bound = membership.incarnationOf(self);
    boolean meant = bound == 0 ? !identity.reborn() : bound == identity.incarnation();
    return meant ? Standing.MEMBER : Standing.REPLACED;
  }

  /**
   * Whether an entry of the current term is committed: only then is the commit index known to be
   * current (H1).
   */
  boolean committedInTerm() {
    return log.termAt(commitment.index()) == ballot.term();
  }
}
