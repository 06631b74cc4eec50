package dev.flotilla.raft.core;

/** Everything that can happen to a replica. Time comes beside it, as a parameter of the step. */
public sealed interface Input {

  /** Time has passed; deadlines may be due. */
  record Tick() implements Input {}

  /**
   * A peer's message arrived.
   *
   * @param incarnation of the replica that sent it (H50); 0 when it does not say
   */
  record Receive(Message message, long incarnation) implements Input {
    /** From a replica that does not say which one it is. */
    public Receive(Message message) {
      this(message, 0);
    }
  }

  /**
   * A client wants an entry in the log.
   *
   * @param proposalId the caller's name for it, in the answer
   * @param stampMillis the wall clock, stamped into the entry
   */
  record Propose(long proposalId, long stampMillis, byte[] payload) implements Input {}

  /**
   * A client wants to know an index that is safe to read at. Answered by ReadReady or ReadRefused.
   */
  record Read(long readId, boolean lease) implements Input {}

  /** Hand leadership to {@code target}; 0 = the best follower. Answered by TransferEnded. */
  record TransferLeadership(int target) implements Input {}

  /**
   * Go to another membership.
   *
   * @param target the voters and learners wanted, and what is known of them; not joint. Made from
   *     the membership in force, whose bindings it keeps
   */
  record ChangeMembership(long proposalId, long stampMillis, Membership target) implements Input {}

  /**
   * The last {@link Effect.PersistHardState} emitted before the node's fsync is on disk. A
   * candidate's vote for itself counts only from then on; whoever is a quorum alone could not know
   * otherwise (H11).
   */
  record HardStateDurable(HardState hardState) implements Input {}

  /** The log is on disk up to {@code index}, whose entry is of {@code term} (H23). */
  record LogDurable(long index, long term) implements Input {}

  /** The state machine has applied everything up to {@code index}. */
  record Applied(long index) implements Input {}

  /** The state machine's durable state covers {@code index}: forget the log up to there. */
  record Compact(long index) implements Input {}

  /**
   * A whole, verified, durable snapshot stands in the snapshot store, sent by {@code from} in
   * {@code term}.
   */
  record SnapshotReceived(int from, long term, LogBase base) implements Input {}

  /**
   * The snapshot transfer to {@code peer} ended. On success the peer holds everything up to index.
   */
  record SnapshotSent(int peer, boolean success, long index) implements Input {}

  /** The connection to {@code peer} broke, or was not there when something had to be sent. */
  record PeerUnreachable(int peer) implements Input {}
}
