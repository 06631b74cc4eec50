package dev.flotilla.balancer.routing;

/**
 * Bounds how much retries may add to a group's load, so that trouble is not multiplied when it is
 * least welcome. Each new request earns a share of a token, each repeat costs one, and a trickle by
 * time lets a quiet caller repeat too.
 */
final class RetryBudget {
  private final RouterEnvironment.Ticker ticker;
  private final double earnedPerRequest;
  private final double earnedPerSecond;
  private final double most;

  private double tokens;
  private long lastNanos;

  RetryBudget(
      RouterEnvironment.Ticker ticker,
      double earnedPerRequest,
      double earnedPerSecond,
      double most) {
    this.ticker = ticker;
    this.earnedPerRequest = earnedPerRequest;
    this.earnedPerSecond = earnedPerSecond;
    this.most = most;
    this.tokens = most;
    this.lastNanos = ticker.nanoTime();
  }

  /** A new request arrived. */
  synchronized void earn() {
    tokens = Math.min(most, tokens + earnedPerRequest);
  }

  /** Pays for one repeat; false = none left. */
  synchronized boolean spend() {
    long now = ticker.nanoTime();
    tokens = Math.min(most, tokens + (now - lastNanos) * 1e-9 * earnedPerSecond);
    lastNanos = now;
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
