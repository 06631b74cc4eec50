package dev.flotilla.simulation.world;

import java.util.function.LongSupplier;

/**
 * One of a node's duties (loop, applier, snapshots), called when it has work or its deadline comes,
 * as its thread would; never while an earlier call still waits for a slow disk, and never while the
 * whole host stands still.
 */
final class Duty {
  /** Least time between two passes: what a pass costs. */
  private static final long PASS_NANOS = 50_000;

  private final Host host;
  private final String name;
  private final long purpose;
  private final LongSupplier pass;
  private long scheduledNanos = Long.MAX_VALUE;
  private long busyUntilNanos;
  private long token;
  private long wakes;
  private boolean over;

  /**
   * @param fromNanos the first pass is not before
   */
  Duty(Host host, String name, long purpose, long fromNanos, LongSupplier pass) {
    this.busyUntilNanos = fromNanos;
    this.host = host;
    this.name = name;
    this.purpose = purpose;
    this.pass = pass;
  }

  /** There is work: soon, as a scheduler sees fit. */
  void wake() {
    long roll = host.world().dice().roll(purpose, wakes++);
    schedule(host.world().timeline().nowNanos() + Dice.below(roll, host.world().hiccupNanos()));
  }

  void end() {
    over = true;
  }

  private void schedule(long atNanos) {
    long at = Math.max(atNanos, Math.max(busyUntilNanos, host.pausedUntilNanos()));
    if (over || at >= scheduledNanos) {
      return;
    }
    scheduledNanos = at;
    long mine = ++token;
    host.world().timeline().at(at, () -> run(mine));
  }

  private void run(long mine) {
    if (over || mine != token) {
      return;
    }
    scheduledNanos = Long.MAX_VALUE;
    long now = host.world().timeline().nowNanos();
    if (now < Math.max(busyUntilNanos, host.pausedUntilNanos())) {
      schedule(now);
      return;
    }
    long delay = host.pass(name, pass);
    long waited = host.takeWaitedNanos();
    busyUntilNanos = now + waited + PASS_NANOS;
    if (delay != Long.MAX_VALUE) {
      schedule(delay > Long.MAX_VALUE - now ? Long.MAX_VALUE - 1 : now + waited + delay);
    }
  }
}
