package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Parks a request's virtual thread until routing has its answer. */
final class Await {
  /** Routing keeps the deadline; this only catches that it does not. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final long mostNanos;

  Await(HttpLimits limits) {
    mostNanos = limits.maxTimeout().plus(SLACK).toNanos();
  }

  /**
   * @throws ApiException when routing broke its promise to answer; whether anything happened is not
   *     known then
   */
  <T> T answer(CompletableFuture<T> future) {
    try {
      return future.get(mostNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw noAnswer(504, FailureCode.TIMEOUT, "no answer came in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer(503, FailureCode.UNAVAILABLE, "the balancer is shutting down");
    } catch (ExecutionException e) {
      throw new IllegalStateException("routing failed", e.getCause());
    }
  }

  private static ApiException noAnswer(int status, FailureCode code, String message) {
    return new ApiException(
        status, code.name(), Outcome.UNKNOWN, code.retryable(), Origin.NONE, message);
  }
}
