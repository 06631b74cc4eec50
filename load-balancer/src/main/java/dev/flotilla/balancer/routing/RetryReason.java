package dev.flotilla.balancer.routing;

/** Why a request is sent once more. */
public enum RetryReason {
  /** The node does not lead the group. */
  REDIRECTED(FailureCode.NO_LEADER, "no member of the group leads it"),
  /** The node could not be reached, left, or lost its leadership. */
  NODE_LOST(FailureCode.NO_LEADER, "the group's leader was lost and no other answered"),
  /** The node is alive but its replica is not fit to serve. */
  REPLICA_UNFIT(FailureCode.UNAVAILABLE, "the replica asked is not fit to serve"),
  OVERLOADED(FailureCode.OVERLOADED, "the group has too much to do"),
  WRONG_SHARD(FailureCode.WRONG_SHARD, "the group does not own the key's slot");

  private final FailureCode code;
  private final String message;

  RetryReason(FailureCode code, String message) {
    this.code = code;
    this.message = message;
  }

  /** What the caller is told when no retry helped. */
  FailureCode code() {
    return code;
  }

  String message() {
    return message;
  }

  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
