package dev.flotilla.balancer.routing;

import org.jspecify.annotations.Nullable;

/**
 * What goes with a request.
 *
 * @param timeoutNanos the caller waits no longer; 0 = the router's default, which is also the most
 * @param identity null = only the router's own retries need to be exactly-once
 */
public record CallOptions(long timeoutNanos, @Nullable CallerIdentity identity) {
  public static final CallOptions DEFAULT = new CallOptions(0, null);
}
