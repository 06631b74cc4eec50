package dev.flotilla.raft.core;

import java.util.List;

/** Everything a replica can ask of its node, in the order in which it was asked. */
public sealed interface Effect {

  /** When a message may leave. */
  enum Durability {
    /** At once, in parallel with this node's own disk write. */
    IMMEDIATE,
    /** Only after every Append and PersistHardState emitted before it is on disk. */
    AFTER_DURABLE
  }

  /**
   * Write these entries at the end of the log. When the first one's index is not above the last one
   * written, everything from it on is replaced: a conflicting tail is cut.
   */
  record Append(List<Entry> entries) implements Effect {}

  /** Write term and vote, ordered with the entries (H13). */
  record PersistHardState(HardState hardState) implements Effect {}

  record Send(Message message, Durability when) implements Effect {}

  /** Entries up to {@code index} are committed and on this node's disk: apply them. */
  record ApplyUpTo(long index) implements Effect {}

  /**
   * The proposal stands in the log at this position; its fate is decided by what is applied there.
   */
  record ProposalAccepted(long proposalId, long index, long term) implements Effect {}

  /** The proposal had no effect and never will. */
  record ProposalRefused(long proposalId, Refusal reason) implements Effect {}

  /**
   * Reads named {@code readId} may be answered from any state that has applied {@code index}.
   *
   * @param leaseEndNanos a read served on the lease: check AFTER reading the state that the
   *     monotonic clock has not reached this yet, and do not answer if it has (H5); {@link
   *     Long#MAX_VALUE} for a read a quorum confirmed
   */
  record ReadReady(long readId, long index, long leaseEndNanos) implements Effect {}

  record ReadRefused(long readId, Refusal reason) implements Effect {}

  /** Why something was refused. None of these had an effect. */
  enum Refusal {
    NOT_LEADER,
    OVERLOADED,
    TRANSFERRING,
    CHANGE_IN_PROGRESS,
    /** A change of members whose new voters do not keep up yet: later, perhaps. */
    NOT_CAUGHT_UP,
    INVALID
  }

  /** The peer needs entries that are gone from the log: send it a snapshot. */
  record SnapshotNeeded(int peer) implements Effect {}

  /**
   * Replace state and log by the received snapshot: first write the base (which empties the log) to
   * disk, then install it into the state machine.
   */
  record InstallSnapshot(LogBase base) implements Effect {}

  /** The log now begins after {@code base}; what lies before may be deleted. */
  record Compacted(LogBase base) implements Effect {}

  /** Role, term or known leader changed. {@code leader} is 0 when none is known. */
  record RoleChanged(Role role, long term, int leader) implements Effect {}

  /** A transfer asked of this replica ended; {@code newLeader} is 0 when it was given up. */
  record TransferEnded(int newLeader, String reason) implements Effect {}

  /**
   * A message came from another replica of {@code node} than the one it is bound to (H50). Told
   * once for each, and now and then when several take turns.
   */
  record StrangerHeard(int node, long bound, long incarnation) implements Effect {}

  /**
   * This replica was away when it was removed, and has now been told: the group goes on without it
   * since its membership at {@code index} is committed (H49). Told once.
   */
  record RemovalLearned(int from, long index) implements Effect {}

  /** The membership in force changed. */
  record MembershipChanged(Membership membership, long index) implements Effect {}
}
