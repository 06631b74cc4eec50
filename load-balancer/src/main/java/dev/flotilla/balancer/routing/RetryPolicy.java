package dev.flotilla.balancer.routing;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and when a request is sent once more: Resilience4j's retry, bounded, exponential, with
 * jitter of our own randomness. A request that succeeds at once never gets here.
 */
final class RetryPolicy {
  private final Retry retry;

  RetryPolicy(RouterOptions options, RandomGenerator random) {
    RetryConfig config =
        RetryConfig.<RetryReason>custom()
            .maxAttempts(options.maxAttempts())
            .retryOnResult(reason -> true)
            .intervalFunction(backoff(options.backoffFirst(), options.backoffMost(), random))
            .build();
    retry = Retry.of("router", config);
  }

  /**
   * Doubles from {@code first} to {@code most} milliseconds, then takes between half of that and
   * all of it.
   */
  private static IntervalFunction backoff(Duration first, Duration most, RandomGenerator random) {
    long firstMillis = first.toMillis();
    long mostMillis = most.toMillis();
    return attempt -> {
      long full = Math.min(mostMillis, firstMillis << Math.min(attempt - 1, 16));
      return Math.max(1, full / 2 + random.nextLong(full / 2 + 1));
    };
  }

  /** The retries of one request. */
  Attempts begin() {
    return new Attempts(retry.asyncContext());
  }

  /** Counts one request's attempts. Owned by it. */
  static final class Attempts {
    static final long NONE_LEFT = -1;

    private final Retry.AsyncContext<RetryReason> context;

    private Attempts(Retry.AsyncContext<RetryReason> context) {
      this.context = context;
    }

    /** Milliseconds to wait before the next attempt, or {@link #NONE_LEFT}. */
    long nextDelayMillis(RetryReason reason) {
      return context.onResult(reason);
    }
  }
}
