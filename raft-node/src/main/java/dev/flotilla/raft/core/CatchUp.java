package dev.flotilla.raft.core;

/**
 * Whether a learner has caught up, judged by rounds (thesis 4.2.1): a round brings it to where the
 * leader's log ended when the round began. Once a round takes no longer than an election timeout,
 * what a new voter still lacks will not keep the group waiting longer than that.
 */
final class CatchUp {
  private long targetIndex;
  private long startedNanos;
  private boolean lastRoundShort;

  CatchUp(long lastIndex, long nowNanos) {
    targetIndex = lastIndex;
    startedNanos = nowNanos;
  }

  /** Looks at how far the learner has come; called every heartbeat. */
  void observe(long matchIndex, long lastIndex, long nowNanos, long electionTimeoutNanos) {
    if (matchIndex < targetIndex) {
      if (nowNanos - startedNanos > electionTimeoutNanos) {
        lastRoundShort = false; // it has fallen behind again
      }
      return;
    }
    lastRoundShort = nowNanos - startedNanos <= electionTimeoutNanos;
    targetIndex = lastIndex;
    startedNanos = nowNanos;
  }

  boolean isDone() {
    return lastRoundShort;
  }
}
