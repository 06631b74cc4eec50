package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Parks a request's virtual thread until routing has its answer.
 *
 * <p>Without a time limit of its own: routing keeps the deadline, {@link
 * dev.flotilla.balancer.wire.LostAnswerGuard} answers for it should it fail to, and a limit here
 * would wake the thread that keeps virtual threads' time for every request. When the server ends it
 * interrupts those who still wait.
 */
final class Await {
  private Await() {}

  /**
   * @throws ApiException when the server ends first; whether anything happened is not known then
   */
  static <T> T answer(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(
          503,
          FailureCode.UNAVAILABLE.name(),
          Outcome.UNKNOWN,
          FailureCode.UNAVAILABLE.retryable(),
          Origin.NONE,
          "the balancer is shutting down");
    } catch (ExecutionException e) {
      throw new IllegalStateException("routing failed", e.getCause());
    }
  }
}
