package dev.flotilla.raft.core;

/** A replica's part in its group. */
public enum Role {
  /** Takes entries from a leader, or waits for one. */
  FOLLOWER,
  /** Asks whether it could win before it disturbs anyone (thesis 9.6). */
  PRE_CANDIDATE,
  /** Campaigns in a term of its own. */
  CANDIDATE,
  /** The one proposer of its term. */
  LEADER,
  /** Follows without a vote. */
  LEARNER
}
