package dev.flotilla.simulation.world;

import dev.flotilla.raft.env.Clock;

/**
 * One machine's clocks. The monotonic one runs at its own rate; the wall clock is wherever faults
 * put it. While a disk operation takes long, time passes inside the pass that waits for it.
 */
final class HostClock implements Clock {
  private static final long PER_MILLION = 1_000_000L;

  /** 2030-01-01, in milliseconds. */
  private static final long WALL_ORIGIN_MILLIS = 1_893_456_000_000L;

  private final Timeline timeline;
  private final long originNanos;
  private final long driftPerMillion;
  private long wallOffsetMillis;
  private long waitedNanos;

  HostClock(Timeline timeline, long originNanos, long driftPerMillion) {
    this.timeline = timeline;
    this.originNanos = originNanos;
    this.driftPerMillion = driftPerMillion;
  }

  @Override
  public long nanoTime() {
    long now = timeline.nowNanos() + waitedNanos;
    return originNanos + now + now * driftPerMillion / PER_MILLION;
  }

  @Override
  public long wallMillis() {
    return WALL_ORIGIN_MILLIS
        + wallOffsetMillis
        + (timeline.nowNanos() + waitedNanos) / PER_MILLION;
  }

  void jumpWall(long millis) {
    wallOffsetMillis += millis;
  }

  /** The pass under way waits. */
  void waitInside(long nanos) {
    waitedNanos += nanos;
  }

  long waitedNanos() {
    return waitedNanos;
  }

  void endOfPass() {
    waitedNanos = 0;
  }
}
