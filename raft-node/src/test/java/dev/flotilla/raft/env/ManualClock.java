package dev.flotilla.raft.env;

import java.util.concurrent.atomic.AtomicLong;

/** Clocks that move when told to. Any thread. */
public final class ManualClock implements Clock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final AtomicLong nanos;
  private final AtomicLong wallNanos;

  /** Starts at 1000 s of monotonic time, and at 2026-01-01 by the wall. */
  public ManualClock() {
    this(1_000_000_000_000L, 1_767_225_600_000L);
  }

  public ManualClock(long nanos, long wallMillis) {
    this.nanos = new AtomicLong(nanos);
    this.wallNanos = new AtomicLong(wallMillis * NANOS_PER_MILLI);
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public long wallMillis() {
    return Math.floorDiv(wallNanos.get(), NANOS_PER_MILLI);
  }

  /** Lets both clocks advance. */
  public void advanceNanos(long by) {
    if (by < 0) {
      throw new IllegalArgumentException("time does not go back by " + by);
    }
    nanos.addAndGet(by);
    wallNanos.addAndGet(by);
  }

  /** Lets both clocks advance. */
  public void advanceMillis(long by) {
    advanceNanos(by * NANOS_PER_MILLI);
  }

  /** Sets the wall clock, forwards or backwards; the monotonic clock does not notice. */
  public void jumpWallTo(long millis) {
    wallNanos.set(millis * NANOS_PER_MILLI);
  }
}
