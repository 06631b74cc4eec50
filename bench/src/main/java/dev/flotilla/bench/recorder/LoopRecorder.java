package dev.flotilla.bench.recorder;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.OperationKind;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What one loop did: written by that loop's thread without locks or waiting, collected in intervals
 * by another thread. A success counts in the interval in which its answer arrived.
 */
public final class LoopRecorder {

  /** Longest latency told apart; longer ones count as this. */
  public static final long MAX_LATENCY_NANOS = 60_000_000_000L;

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final int MAX_GROUPS = 1024;

  private final SingleWriterRecorder[] latencies =
      new SingleWriterRecorder[OperationKind.values().length];
  private final FailureTally failures = new FailureTally();
  // Successes by group, 0 = group not told. Only the loop's thread adds, here and below, so a plain
  // read and an ordered write are enough.
  private final AtomicLongArray groups = new AtomicLongArray(MAX_GROUPS);
  private final AtomicLong conflicts = new AtomicLong();
  private final AtomicLong due = new AtomicLong();
  private final AtomicLong notStarted = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();

  public LoopRecorder() {
    for (int kind = 0; kind < latencies.length; kind++) {
      latencies[kind] = new SingleWriterRecorder(1_000, MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
    }
  }

  public void succeeded(OperationKind kind, long latencyNanos, int group) {
    latencies[kind.ordinal()].recordValue(Math.clamp(latencyNanos, 0, MAX_LATENCY_NANOS));
    int index = group >= 0 && group < MAX_GROUPS ? group : 0;
    groups.lazySet(index, groups.getPlain(index) + 1);
  }

  public void failed(Failure failure) {
    if (failure.isConflict()) {
      increment(conflicts);
    } else {
      failures.add(failure);
    }
  }

  /** An operation of an open loop fell due. */
  public void due() {
    increment(due);
  }

  /** An operation that was due finds no place even in the backlog. */
  public void notStarted() {
    increment(notStarted);
  }

  /**
   * @param operations that are due and wait for a free client now
   */
  public void waiting(long operations) {
    waiting.lazySet(operations);
  }

  private static void increment(AtomicLong counter) {
    counter.lazySet(counter.getPlain() + 1);
  }

  /** Adds the latencies since the last call to the given ones. */
  public void collectLatencies(Latencies into) {
    for (OperationKind kind : OperationKind.values()) {
      into.add(kind, latencies[kind.ordinal()].getIntervalHistogram());
    }
  }

  /** The failures since the last call, conflicts not among them. */
  public Map<String, FailureTally.Entry> takeFailures() {
    return failures.take();
  }

  /** Successes of each group since the beginning, index = group. */
  public long[] successesByGroup() {
    long[] result = new long[MAX_GROUPS];
    for (int i = 0; i < MAX_GROUPS; i++) {
      result[i] = groups.get(i);
    }
    return result;
  }

  /** What only grows, and the backlog, as they are now. */
  public LoopCounts counts() {
    return new LoopCounts(conflicts.get(), due.get(), notStarted.get(), waiting.get());
  }

  /** An empty histogram that takes what loops record. */
  public static Histogram newHistogram() {
    return new Histogram(1_000, MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
  }
}
