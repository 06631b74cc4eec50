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
   * Whether this replica may campaign: a voter of the membership in force, or of the committed one
   * (H49). With the first alone, two voters that hold the uncommitted entry removing them, and
   * nobody else who has a log as long, would leave the group without any possible leader.
   */
  boolean mayCampaign() {
    return memberships.effective().isVoter(self)
        || memberships.at(commitment.index()).isVoter(self);
  }

  /**
   * Whether an entry of the current term is committed: only then is the commit index known to be
   * current (H1).
   */
  boolean committedInTerm() {
    return log.termAt(commitment.index()) == ballot.term();
  }
}
