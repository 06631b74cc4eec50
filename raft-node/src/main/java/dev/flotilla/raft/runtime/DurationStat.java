package dev.flotilla.raft.runtime;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something took, counted in buckets of powers of two nanoseconds. Written by one thread,
 * read by any.
 */
public final class DurationStat {
  private static final int BUCKETS = 64;

  private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong totalNanos = new AtomicLong();
  private volatile long lastNanos;
  private volatile long maxNanos;

  void record(long nanos) {
    long duration = Math.max(0, nanos);
    buckets.incrementAndGet(BUCKETS - 1 - Long.numberOfLeadingZeros(duration | 1));
    totalNanos.addAndGet(duration);
    lastNanos = duration;
    if (duration > maxNanos) {
      maxNanos = duration;
    }
    count.incrementAndGet();
  }

  public long count() {
    return count.get();
  }

  public long totalNanos() {
    return totalNanos.get();
  }

  public long lastNanos() {
    return lastNanos;
  }

  public long maxNanos() {
    return maxNanos;
  }

  /**
   * How many took less than {@code 2^(power+1)} and at least {@code 2^power} nanoseconds; below
   * two: power 0.
   */
  public long inBucket(int power) {
    return buckets.get(power);
  }

  /**
   * An upper bound of the given quantile (0..1), within a factor of two; 0 when nothing was
   * recorded.
   */
  public long quantileNanos(double quantile) {
    long wanted = (long) Math.ceil(count.get() * quantile);
    long seen = 0;
    for (int power = 0; power < BUCKETS - 1; power++) {
      seen += buckets.get(power);
      if (seen >= wanted && seen > 0) {
        return 2L << power;
      }
    }
    return maxNanos;
  }
}
