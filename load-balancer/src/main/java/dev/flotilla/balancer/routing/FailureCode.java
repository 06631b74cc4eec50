package dev.flotilla.balancer.routing;

/** Why a request has no answer of the state machine. */
public enum FailureCode {
  /** Nonsense that no retry makes better. */
  BAD_REQUEST(false),
  TOO_LARGE(false),
  /** A bounded queue, a budget or a limit is full. */
  OVERLOADED(true),
  /** No member of the group led it and answered. */
  NO_LEADER(true),
  TIMEOUT(true),
  /** The group does not own the slot, and went on saying so. */
  WRONG_SHARD(true),
  /** The state machine no longer knows whether this (client, seq) took effect. */
  SESSION_EXPIRED(false),
  /** The group cannot do it now, for a reason the message gives. */
  UNAVAILABLE(true),
  /** A fault of ours. */
  INTERNAL(false);

  private final boolean retryable;

  FailureCode(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same request may well succeed a little later. */
  public boolean retryable() {
    return retryable;
  }
}
