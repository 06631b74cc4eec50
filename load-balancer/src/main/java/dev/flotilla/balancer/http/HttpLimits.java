package dev.flotilla.balancer.http;

import java.time.Duration;

/**
 * What the front door lets in.
 *
 * @param maxInFlight requests under way at once; one more is refused. Each operation of a batch
 *     counts
 * @param maxInFlightBytes bytes of their bodies
 * @param maxBatchBytes of a batch's JSON
 * @param maxTimeout the most a caller may wait, and what it waits when it does not say
 */
public record HttpLimits(
    int maxKeyBytes,
    int maxValueBytes,
    int maxBatchBytes,
    int maxInFlight,
    long maxInFlightBytes,
    Duration maxTimeout) {

  static final int MAX_BATCH_OPERATIONS = 1_000;

  public HttpLimits {
    if (maxKeyBytes < 1 || maxValueBytes < 0 || maxBatchBytes < 1 || maxInFlight < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (maxTimeout.isNegative() || maxTimeout.isZero()) {
      throw new IllegalArgumentException("the timeout must be positive: " + maxTimeout);
    }
  }

  public static HttpLimits defaults() {
    return new HttpLimits(4_096, 1 << 20, 8 << 20, 8_192, 256L << 20, Duration.ofSeconds(5));
  }

  /**
   * The largest form body that could still hold an allowed key, twice, and an allowed value, all
   * percent-encoded.
   */
  int maxFormBytes() {
    return Math.toIntExact(
        Math.min(Integer.MAX_VALUE / 2, 3L * (2L * maxKeyBytes + maxValueBytes) + 256));
  }
}
