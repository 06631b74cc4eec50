package dev.flotilla.raft.core;

/** What a leader knows of one follower (or learner) during its term. */
final class Progress {
  enum State {
    /**
     * Where the logs agree is not known: one append at a time, none in flight while one is
     * unanswered.
     */
    PROBE,
    /** The logs agree up to {@code nextIndex - 1}: appends are sent ahead of their answers. */
    REPLICATE,
    /** The follower is being sent a snapshot: no appends. */
    SNAPSHOT
  }

  /** Before any moment of any clock, and far enough from overflow. */
  static final long NEVER = Long.MIN_VALUE / 2;

  final int node;
  final Inflights inflights;
  State state = State.PROBE;

  /**
   * The follower has stored, durably, exactly our log up to here. Grows only, and only by an answer
   * to an append of this term or by a snapshot (H19).
   */
  long matchIndex;

  /** The first entry not sent yet. Always above {@code matchIndex}. */
  long nextIndex;

  /** PROBE: an append is unanswered. Cleared by its answer, or by the answer to a later round. */
  boolean paused;

  /** The round that was current when {@code paused} was set. */
  long pausedRound;

  /** When the follower was last heard in this term. */
  long lastContactNanos;

  /** The latest round it answered, and when that round was sent. */
  long ackedRound;

  long ackedRoundSentNanos = NEVER;

  /** SNAPSHOT: the transfer has ended well; its acknowledgement by the replica is still to come. */
  boolean snapshotDelivered;

  long snapshotIndex;

  /** No further snapshot before this moment. */
  long snapshotRetryNanos = NEVER;

  /** Until then compaction spares what lies above {@code pinnedIndex} for this follower. */
  long pinnedUntilNanos = NEVER;

  long pinnedIndex;

  Progress(int node, long nextIndex, RaftOptions options, long nowNanos) {
    this.node = node;
    this.nextIndex = nextIndex;
    this.inflights = new Inflights(options.maxInflightAppends(), options.maxInflightBytes());
    this.lastContactNanos = nowNanos; // a new leader gives everyone one election timeout to answer
  }

  void pause(long round) {
    paused = true;
    pausedRound = round;
  }

  void toProbe(long next) {
    state = State.PROBE;
    nextIndex = Math.max(next, matchIndex + 1);
    paused = false;
    snapshotDelivered = false;
    inflights.clear();
  }

  void toReplicate() {
    state = State.REPLICATE;
    nextIndex = matchIndex + 1;
    paused = false;
    snapshotDelivered = false;
    inflights.clear();
  }

  void toSnapshot() {
    state = State.SNAPSHOT;
    paused = false;
    snapshotDelivered = false;
    inflights.clear();
  }
}
