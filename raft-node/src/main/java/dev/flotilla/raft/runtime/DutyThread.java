package dev.flotilla.raft.runtime;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A thread that calls a pass again and again, and parks in between for as long as the pass said or
 * until work arrives. Never interrupted: that would close the file it is writing for everybody
 * (H38).
 */
final class DutyThread {
  private final LongSupplier pass;
  private final Consumer<Throwable> onFailure;
  private final Thread thread;
  private volatile boolean signalled;
  private volatile boolean parked;
  private volatile boolean stopping;

  /**
   * @param pass returns nanoseconds until it wants to be called again at the latest
   * @param onFailure what to do when a pass throws; the thread ends
   */
  DutyThread(String name, LongSupplier pass, Consumer<Throwable> onFailure) {
    this.pass = pass;
    this.onFailure = onFailure;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Work has arrived. A thread inside a pass only sees the flag; a parked one is unparked. Both
   * sides write their flag before they read the other's, so that no signal falls between.
   */
  void wake() {
    signalled = true;
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    try {
      while (!stopping) {
        signalled = false;
        long nanos = pass.getAsLong();
        if (nanos > 0) {
          park(nanos);
        }
      }
    } catch (Throwable e) {
      onFailure.accept(e);
    }
  }

  private void park(long nanos) {
    parked = true;
    if (!signalled && !stopping) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = false;
  }

  /** Lets the pass under way end, and no other begin. */
  void stop() {
    stopping = true;
    LockSupport.unpark(thread);
  }

  /**
   * Waits for the thread's end; false when it does not come in time. On the thread itself: true at
   * once.
   */
  boolean join(long millis) {
    if (Thread.currentThread() == thread) {
      return true;
    }
    try {
      return thread.join(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
