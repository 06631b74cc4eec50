package dev.flotilla.balancer.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A group's circuit breaker: Resilience4j's, told about whole requests and not about attempts. A
 * failover takes a few attempts and is no reason to refuse anybody; a group that lets requests wait
 * in vain for {@code breakerPatience} and longer is. Redirects, refused slots and overload are
 * answers of a live group and count as neither success nor failure.
 *
 * <p>Open, it lets a handful of requests through after {@code breakerOpen}, and one more each time
 * that has passed again; the first that gets an answer ends it. For a request may wait until its
 * deadline for a node that vanished under it, while the group has long been well again.
 */
final class GroupBreaker {
  private static final int PROBES = 4;
  private static final int LEAST_CALLS = 8;

  private final CircuitBreaker breaker;
  private final RouterEnvironment.Ticker ticker;
  private final long patienceNanos;
  private final long openNanos;

  /** When the newest probe was let through. */
  private final AtomicLong lastProbeNanos = new AtomicLong();

  GroupBreaker(String group, RouterOptions options, RouterEnvironment.Ticker ticker) {
    this.ticker = ticker;
    openNanos = options.breakerOpen().toNanos();
    patienceNanos = options.breakerPatience().toNanos();
    CircuitBreakerConfig config =
        CircuitBreakerConfig.custom()
            .slidingWindow(
                options.breakerWindow(),
                Math.min(LEAST_CALLS, options.breakerWindow()),
                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
            .failureRateThreshold(50)
            .permittedNumberOfCallsInHalfOpenState(PROBES)
            .maxWaitDurationInHalfOpenState(Duration.ZERO)
            .waitDurationInOpenState(options.breakerOpen())
            .clock(new TickerClock(ticker))
            .currentTimestampFunction(clock -> ticker.nanoTime(), TimeUnit.NANOSECONDS)
            .build();
    breaker = CircuitBreaker.of(group, config);
  }

  /** Whether a request may try. When it may, exactly one of the three methods below must follow. */
  boolean permits() {
    if (breaker.tryAcquirePermission()) {
      if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
        lastProbeNanos.set(ticker.nanoTime());
      }
      return true;
    }
    return breaker.getState() == CircuitBreaker.State.HALF_OPEN && permitsOneMoreProbe();
  }

  private boolean permitsOneMoreProbe() {
    long now = ticker.nanoTime();
    long last = lastProbeNanos.get();
    if (now - last < openNanos || !lastProbeNanos.compareAndSet(last, now)) {
      return false;
    }
    // Half open, what is given back may be taken again.
    breaker.releasePermission();
    return breaker.tryAcquirePermission();
  }

  /** The group answered. */
  void succeeded(long durationNanos) {
    breaker.onSuccess(durationNanos, TimeUnit.NANOSECONDS);
    if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
      // One answer of a leader is proof enough; waiting for the other probes would refuse requests
      // that it can serve.
      breaker.transitionToClosedState();
    }
  }

  /** The group gave no answer although the request waited this long. */
  void failed(long durationNanos) {
    if (durationNanos >= patienceNanos) {
      breaker.onError(durationNanos, TimeUnit.NANOSECONDS, new NoAnswer());
    } else {
      breaker.releasePermission();
    }
  }

  /** Says nothing about the group's health. */
  void neither() {
    breaker.releasePermission();
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /** Resilience4j wants to see an exception; one without a stack is enough. */
  private static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NoAnswer() {
      super("no answer", null, false, false);
    }
  }

  /** Monotonic time in the dress that Resilience4j asks for. */
  private static final class TickerClock extends Clock {
    private final RouterEnvironment.Ticker ticker;

    TickerClock(RouterEnvironment.Ticker ticker) {
      this.ticker = ticker;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(0, ticker.nanoTime());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
