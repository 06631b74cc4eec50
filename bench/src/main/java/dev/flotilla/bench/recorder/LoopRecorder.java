package dev.flotilla.bench.recorder;

import dev.flotilla.bench.door.Failure;
import java.util.Map;
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

  private final SingleWriterRecorder latencies =
      new SingleWriterRecorder(1_000, MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
  private final FailureTally failures = new FailureTally();
  // Successes by group, 0 = group not told. Only the loop's thread adds, so a plain read and an
  // ordered write are enough.
  private final AtomicLongArray groups = new AtomicLongArray(MAX_GROUPS);

  public void succeeded(long latencyNanos, int group) {
    latencies.recordValue(Math.clamp(latencyNanos, 0, MAX_LATENCY_NANOS));
    int index = group >= 0 && group < MAX_GROUPS ? group : 0;
    groups.lazySet(index, groups.getPlain(index) + 1);
  }

  public void failed(Failure failure) {
    failures.add(failure);
  }

  /** Adds the latencies since the last call to the given histogram. */
  public void collectLatencies(Histogram into) {
    into.add(latencies.getIntervalHistogram());
  }

  /** The failures since the last call. */
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

  /** An empty histogram that takes what loops record. */
  public static Histogram newHistogram() {
    return new Histogram(1_000, MAX_LATENCY_NANOS, SIGNIFICANT_DIGITS);
  }
}
