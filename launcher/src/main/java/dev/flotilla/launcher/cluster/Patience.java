package dev.flotilla.launcher.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Looks again and again whether something is so, for a bounded time. */
public final class Patience {
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;

  /** {@link Thread#sleep(long)}, or what a test puts in its place. */
  @FunctionalInterface
  public interface Sleeper {
    void sleep(long millis) throws InterruptedException;
  }

  public Patience(LongSupplier nanoTime, Sleeper sleeper) {
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
  }

  public static Patience ofTheClock() {
    return new Patience(System::nanoTime, Thread::sleep);
  }

  /**
   * @param everyMillis how long to rest between two looks
   * @return whether it is so; false when it was not in time
   */
  public boolean until(BooleanSupplier done, Duration atMost, long everyMillis)
      throws InterruptedException {
    long began = nanoTime.getAsLong();
    while (!done.getAsBoolean()) {
      if (nanoTime.getAsLong() - began >= atMost.toNanos()) {
        return false;
      }
      sleeper.sleep(everyMillis);
    }
    return true;
  }

  /** Nanoseconds, for differences. */
  public long nanoTime() {
    return nanoTime.getAsLong();
  }
}
