package dev.flotilla.raft.core;

import java.util.random.RandomGenerator;

/** What the topics of one replica share. Each field is changed by the one topic that owns it. */
final class ReplicaState {
  final int self;
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

  /** The time of the step under way, monotonic. */
  long nowNanos;

  ReplicaState(
      int self,
      RaftOptions options,
      RandomGenerator random,
      Ballot ballot,
      EntryLog log,
      MembershipHistory memberships,
      Commitment commitment,
      long nowNanos) {
    this.self = self;
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
   */
  boolean mayCampaign() {
    return memberships.hadVoterSince(commitment.index(), self);
  }

  /**
   * Whether an entry of the current term is committed: only then is the commit index known to be
   * current (H1).
   */
  boolean committedInTerm() {
    return log.termAt(commitment.index()) == ballot.term();
  }
}
