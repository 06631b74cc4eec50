package dev.flotilla.raft.core;

import java.util.List;

/**
 * A replica's state as one value, for status pages, metrics and invariant checks.
 *
 * @param leader 0 when none is known
 * @param sinceLeaderContactNanos time since the leader was last heard; 0 on the leader itself,
 *     {@link Long#MAX_VALUE} when none ever was
 */
public record CoreStatus(
    Role role,
    long term,
    int vote,
    int leader,
    long commitIndex,
    long appliedIndex,
    long durableIndex,
    LogBase base,
    long lastIndex,
    long lastTerm,
    long sinceLeaderContactNanos,
    Membership membership,
    List<PeerStatus> peers,
    long elections,
    boolean transferring) {

  /** What the leader knows of one follower. {@code state} is probe, replicate or snapshot. */
  public record PeerStatus(
      int node, String state, long matchIndex, long nextIndex, long sinceContactNanos) {}
}
