package dev.flotilla.raft.core;

import java.util.random.RandomGenerator;

/** One replica of one group. Single-threaded; see the package description. */
public final class RaftCore {

  /**
   * A replica as its disk remembers it. {@code applied} is what the state machine's durable state
   * covers.
   */
  public record Recovered(HardState hardState, LogReader log, long applied) {}

  public RaftCore(
      int self, RaftOptions options, RandomGenerator random, Recovered recovered, long nowNanos) {
    throw new UnsupportedOperationException();
  }

  /** Handles one input at time {@code nowNanos} (monotonic, never going back). */
  public void step(long nowNanos, Input input, Effects effects) {
    throw new UnsupportedOperationException();
  }

  /** When the next Tick is needed at the latest; {@link Long#MAX_VALUE} for never. */
  public long nextDeadlineNanos() {
    throw new UnsupportedOperationException();
  }

  /** Entries that are committed, for the applier: from..to, bounded by bytes, at least one. */
  public java.util.List<Entry> entries(long from, long to, long maxBytes) {
    throw new UnsupportedOperationException();
  }

  public CoreStatus status(long nowNanos) {
    throw new UnsupportedOperationException();
  }
}
