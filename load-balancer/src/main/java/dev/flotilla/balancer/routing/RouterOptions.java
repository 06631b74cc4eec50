package dev.flotilla.balancer.routing;

import java.time.Duration;

/**
 * The router's limits.
 *
 * @param defaultTimeout how long a request may take when its caller does not say, and the most it
 *     may say
 * @param maxInFlightPerGroup more requests to one group are refused at once, so that a group
 *     without a leader does not take the whole balancer with it
 * @param sessionWindow most numbers of a session between the oldest and the newest under way; a
 *     power of two
 * @param maxAttempts most sends of one request
 * @param backoffFirst pause before the first repeat; doubles each time, with jitter
 * @param backoffMost longest pause between repeats
 * @param retryShare repeats allowed per new request, in the long run
 * @param retryReserve repeats allowed at once beyond that
 * @param probeSpacing least time between two rounds of asking a group who leads it
 * @param probeSpacingMost the same when round after round finds nobody
 * @param probeTimeout a round that found nobody ends after it
 * @param suspectAfter a request without an answer for so long makes us ask who leads
 * @param suspectEvery how often from then on
 * @param breakerWindow last requests of a group that its circuit breaker looks at
 * @param breakerPatience only a request that waited so long counts as a failure
 * @param breakerOpen how long an open breaker refuses before it lets some requests try
 */
public record RouterOptions(
    Duration defaultTimeout,
    int maxInFlightPerGroup,
    int sessionWindow,
    int maxAttempts,
    Duration backoffFirst,
    Duration backoffMost,
    double retryShare,
    int retryReserve,
    Duration probeSpacing,
    Duration probeSpacingMost,
    Duration probeTimeout,
    Duration suspectAfter,
    Duration suspectEvery,
    int breakerWindow,
    Duration breakerPatience,
    Duration breakerOpen) {

  public static RouterOptions defaults() {
    return new RouterOptions(
        Duration.ofSeconds(5),
        4_096,
        1 << 18,
        16,
        Duration.ofMillis(2),
        Duration.ofMillis(50),
        0.2,
        1_000,
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(50),
        64,
        Duration.ofSeconds(1),
        Duration.ofMillis(100));
  }

  public RouterOptions withDefaultTimeout(Duration timeout) {
    return with(timeout, maxInFlightPerGroup, maxAttempts, retryReserve);
  }

  public RouterOptions withMaxInFlightPerGroup(int most) {
    return with(defaultTimeout, most, maxAttempts, retryReserve);
  }

  public RouterOptions withRetries(int attempts, int reserve) {
    return with(defaultTimeout, maxInFlightPerGroup, attempts, reserve);
  }

  private RouterOptions with(Duration timeout, int inFlight, int attempts, int reserve) {
    return new RouterOptions(
        timeout,
        inFlight,
        sessionWindow,
        attempts,
        backoffFirst,
        backoffMost,
        retryShare,
        reserve,
        probeSpacing,
        probeSpacingMost,
        probeTimeout,
        suspectAfter,
        suspectEvery,
        breakerWindow,
        breakerPatience,
        breakerOpen);
  }
}
