package dev.flotilla.raft.snapshot;

/**
 * A cap on bytes per second that lets short bursts pass. Tokens are bytes; they drip in at the rate
 * and are kept up to the burst. A taker may take more than there is once there is any, and the debt
 * is waited for, so that a chunk larger than the burst still gets through at the right rate.
 */
final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double bytesPerNano;
  private final double burstBytes;
  private double tokens;
  private long lastNanos;

  /**
   * @param bytesPerSecond 0 = no cap
   */
  TokenBucket(long bytesPerSecond, long burstBytes, long nowNanos) {
    this.bytesPerNano = bytesPerSecond / NANOS_PER_SECOND;
    this.burstBytes = burstBytes;
    this.tokens = burstBytes;
    this.lastNanos = nowNanos;
  }

  /** Nanoseconds until something may be taken; 0 when it may be now. */
  long waitNanos(long nowNanos) {
    if (bytesPerNano == 0) {
      return 0;
    }
    tokens = Math.min(burstBytes, tokens + (nowNanos - lastNanos) * bytesPerNano);
    lastNanos = nowNanos;
    return tokens > 0 ? 0 : (long) Math.ceil((1 - tokens) / bytesPerNano);
  }

  /** After {@link #waitNanos} was 0. */
  void take(int bytes) {
    if (bytesPerNano != 0) {
      tokens -= bytes;
    }
  }
}
