package dev.flotilla.balancer.routing;

/**
 * What happens while routing, for those who count. Called on the hot path, from any thread: be
 * quick.
 */
public interface RouterEvents {
  RouterEvents NONE = new RouterEvents() {};

  /** A request found its group's leader in the cache. */
  default void leaderCacheHit(int group) {}

  /** A request had to wait for its group's leader to be found. */
  default void leaderCacheMiss(int group) {}

  /** A node sent a request elsewhere. */
  default void redirected(int group) {}

  /** A request is sent once more. */
  default void retried(int group, RetryReason reason) {}

  /** A request was answered, after it was sent or waited to be. */
  default void finished(KvRequest.Op op, KvAnswer answer, long durationNanos) {}

  /**
   * A request was answered at once, without being sent: it took no time, and must not be counted
   * among those that did.
   */
  default void refused(KvRequest.Op op, KvAnswer.Failed answer) {}
}
