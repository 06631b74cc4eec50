package dev.flotilla.balancer.routing;

import java.util.random.RandomGenerator;

/**
 * What routing needs of the outside world.
 *
 * @param random draws client ids and jitter; must be unpredictable between balancers, and
 *     thread-safe where several threads call the router
 */
public record RouterEnvironment(Ticker ticker, Timer timer, RandomGenerator random) {

  /** Monotonic time. */
  public interface Ticker {
    /** Nanoseconds from an arbitrary origin. */
    long nanoTime();
  }

  /** Runs short, non-blocking tasks later. */
  public interface Timer {
    /**
     * Runs {@code task} once, {@code delayNanos} from now or a little after, unless cancelled
     * before.
     */
    Cancellable after(long delayNanos, Runnable task);
  }

  /** A task that has not run yet. */
  public interface Cancellable {
    /** Makes it not run, if it has not begun. */
    void cancel();
  }
}
