package dev.flotilla.raft.core;

import java.util.TreeMap;

/** Tells members from other replicas of their nodes (H50), and says so, once. */
final class Strangers {
  private final ReplicaState replica;
  private final Followers followers;

  /** The stranger last told of, by node: no more of them than members. */
  private final TreeMap<Integer, Long> told = new TreeMap<>();

  Strangers(ReplicaState replica, Followers followers) {
    this.replica = replica;
    this.followers = followers;
  }

  /** Whether the sender may be taken for the member it claims to be. */
  boolean admits(int node, long incarnation) {
    Progress progress = followers.find(node);
    if (!replica.speaksFor(node, incarnation)) {
      if (progress != null) {
        progress.heardStranger(incarnation, replica.nowNanos);
      }
      tell(node, incarnation);
      return false;
    }
    if (progress != null) {
      progress.heardItself();
      if (replica.memberships.effective().incarnationOf(node) == 0) {
        followers.heardUnbound(node, incarnation);
      }
    }
    return true;
  }

  private void tell(int node, long incarnation) {
    Long before = told.put(node, incarnation);
    if (before == null || before != incarnation) {
      Membership membership = replica.memberships.lastHolding(node, replica.commitment.index());
      long bound = membership == null ? 0 : membership.incarnationOf(node);
      replica.out.emit(new Effect.StrangerHeard(node, bound, incarnation));
    }
  }
}
