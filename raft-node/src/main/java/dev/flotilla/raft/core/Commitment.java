package dev.flotilla.raft.core;

/**
 * How far the log is committed, how far the applier was told, and how far it came.
 *
 * <p>Invariant: {@code appliedIndex <= announcedIndex <= commitIndex}; none ever goes back. {@code
 * announcedIndex} is also never above what is on this node's disk: a state machine must not be
 * ahead of the log that would rebuild it.
 */
final class Commitment {
  private long commitIndex;
  private long announcedIndex;
  private long appliedIndex;

  Commitment(long recoveredIndex) {
    commitIndex = recoveredIndex;
    announcedIndex = recoveredIndex;
    appliedIndex = recoveredIndex;
  }

  long index() {
    return commitIndex;
  }

  long announcedIndex() {
    return announcedIndex;
  }

  long appliedIndex() {
    return appliedIndex;
  }

  /** Returns whether the commit index grew. */
  boolean advanceTo(long index, EntryLog log) {
    if (index <= commitIndex) {
      return false;
    }
    if (index > log.lastIndex()) {
      throw new IllegalStateException(
          "commit of "
              + index
              + " beyond the log's end "
              + log.lastIndex()
              + ": entries this replica acknowledged are gone");
    }
    commitIndex = index;
    return true;
  }

  /** Tells the applier of what became both committed and durable. */
  void announce(EntryLog log, Outbox out) {
    long ready = Math.min(commitIndex, log.durableIndex());
    if (ready > announcedIndex) {
      announcedIndex = ready;
      out.emit(new Effect.ApplyUpTo(ready));
    }
  }

  void applied(long index) {
    if (index > announcedIndex) {
      throw new IllegalStateException(
          "applied " + index + " although only " + announcedIndex + " was handed over");
    }
    appliedIndex = Math.max(appliedIndex, index);
  }

  /**
   * A snapshot stands for everything up to {@code index}; the applier installs it before applying
   * on.
   */
  void resetTo(long index) {
    if (index <= commitIndex) {
      throw new IllegalStateException("snapshot at " + index + " behind commit " + commitIndex);
    }
    commitIndex = index;
    announcedIndex = index;
    appliedIndex = index;
  }
}
