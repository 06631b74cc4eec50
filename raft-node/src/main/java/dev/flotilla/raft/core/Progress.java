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

  /** The replica all of this is about; 0 until one has been heard that says. */
  long incarnation;

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

  /** Another replica that speaks in the node's name and is not listened to; 0 for none. */
  long stranger;

  /** Since when it has, and when it last did. */
  long strangerSinceNanos = NEVER;

  long strangerHeardNanos = NEVER;

  /** How a learner catches up. */
  final CatchUp catchUp;

  Progress(int node, long incarnation, long nextIndex, RaftOptions options, long nowNanos) {
    this.node = node;
    this.incarnation = incarnation;
    this.catchUp = new CatchUp(nextIndex - 1, nowNanos);
    this.nextIndex = nextIndex;
    this.inflights = new Inflights(options.maxInflightAppends(), options.maxInflightBytes());
    this.lastContactNanos = nowNanos; // a new leader gives everyone one election timeout to answer
  }

  /** A replica spoke that is not the member. */
  void heardStranger(long other, long nowNanos) {
    if (other != stranger) {
      stranger = other;
      strangerSinceNanos = nowNanos;
    }
    strangerHeardNanos = nowNanos;
  }

  /** The member itself spoke: whoever else did was an echo. */
  void heardItself() {
    stranger = 0;
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
