package dev.flotilla.client;

import java.util.random.RandomGenerator;

/**
 * Pauses between attempts to connect: they grow by half each time up to a bound, and every one is
 * drawn from [3/4, 5/4) of its nominal length, so that the peers of a restarted node do not all
 * dial it in the same instant. Not thread-safe.
 */
public final class Backoff {
  private final long firstNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private long nominalNanos;

  /**
   * @param firstNanos nominal length of the first pause
   * @param maxNanos nominal length that the pauses grow to
   */
  public Backoff(long firstNanos, long maxNanos, RandomGenerator random) {
    if (firstNanos <= 0 || maxNanos < firstNanos) {
      throw new IllegalArgumentException("back-off from " + firstNanos + " to " + maxNanos + " ns");
    }
    this.firstNanos = firstNanos;
    this.maxNanos = maxNanos;
    this.random = random;
    this.nominalNanos = firstNanos;
  }

  /** How long to wait before the next attempt, in nanoseconds. */
  public long nextNanos() {
    long nominal = nominalNanos;
    nominalNanos = Math.min(maxNanos, nominal + nominal / 2 + 1);
    return nominal - nominal / 4 + random.nextLong(nominal / 2 + 1);
  }

  /** The attempt worked: the next failure starts with the shortest pause again. */
  public void reset() {
    nominalNanos = firstNanos;
  }
}
