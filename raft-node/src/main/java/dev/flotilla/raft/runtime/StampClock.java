package dev.flotilla.raft.runtime;

import dev.flotilla.raft.env.Clock;

/**
 * What a leader stamps into entries. The state machine's time is made of these stamps, and sessions
 * and keys end by it (H57), so a wall clock that jumps must not make time jump for everybody: this
 * clock begins where the log's time stands, goes on with the monotonic clock, and is drawn towards
 * the wall clock by at most an eighth of the time that passes.
 *
 * <p>Only the first life of a group takes the wall clock at its word. While a whole group is down
 * its time stands still, and catches up afterwards, eight times slower than it was lost.
 */
final class StampClock {
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final int SLEW_DIVISOR = 8;

  private final Clock clock;
  private long stampNanos;
  private long atNanos;

  /**
   * @param lastMillis the group's time as its state machine knows it; 0 = it has none yet
   */
  StampClock(Clock clock, long lastMillis) {
    this.clock = clock;
    this.atNanos = clock.nanoTime();
    this.stampNanos = (lastMillis > 0 ? lastMillis : clock.wallMillis()) * NANOS_PER_MILLI;
  }

  /** A stamp was seen in the log: this clock is never behind it. */
  void note(long stampMillis) {
    if (stampMillis * NANOS_PER_MILLI > stampNanos) {
      millis();
      stampNanos = Math.max(stampNanos, stampMillis * NANOS_PER_MILLI);
    }
  }

  /** Milliseconds since 1970, more or less. */
  long millis() {
    long now = clock.nanoTime();
    long elapsed = Math.max(0, now - atNanos);
    atNanos = now;
    stampNanos += elapsed;
    long behind = clock.wallMillis() * NANOS_PER_MILLI - stampNanos;
    long most = elapsed / SLEW_DIVISOR;
    stampNanos += Math.clamp(behind, -most, most);
    return stampNanos / NANOS_PER_MILLI;
  }
}
