package dev.flotilla.raft.core;

import java.util.List;

/**
 * A replica's state as one value, for status pages, metrics and invariant checks.
 *
 * @param leader 0 when none is known
 * @param sinceLeaderContactNanos time since the leader was last heard; 0 on the leader itself,
 *     {@link Long#MAX_VALUE} when none ever was
 * @param leaseEndNanos until when, by this node's monotonic clock, a leader answers reads without
 *     asking anybody; before any moment of that clock when it does not
 * @param membership the one in force, whether it is committed or not
 * @param membershipIndex where it stands in the log, or the log's base if it is not after that
 * @param membershipTerm of the entry there: of two replicas' memberships the one with the higher
 *     term and then index is the newer
 * @param membershipSettled whether it is known to be committed, and not joint
 * @param incarnation of this replica
 * @param strangerMessages messages since start from other replicas than the members are bound to
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
    long leaseEndNanos,
    Membership membership,
    long membershipIndex,
    long membershipTerm,
    boolean membershipSettled,
    Standing standing,
    long incarnation,
    long strangerMessages,
    List<PeerStatus> peers,
    long elections,
    boolean transferring) {

  /**
   * What the leader knows of one follower.
   *
   * @param state probe, replicate or snapshot
   * @param stranger another replica of the node that speaks in its name and is not listened to; 0
   *     for none
   * @param caughtUp whether a learner could be promoted now
   */
  public record PeerStatus(
      int node,
      String state,
      long matchIndex,
      long nextIndex,
      long sinceContactNanos,
      long stranger,
      boolean caughtUp) {}
}
