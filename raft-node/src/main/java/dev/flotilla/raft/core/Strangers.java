package dev.flotilla.raft.core;

import java.util.TreeMap;

/** Tells members from other replicas of their nodes (H50), and says so, once. */
final class Strangers {
  private final ReplicaState replica;
  private final Followers followers;

  private record Told(long incarnation, long atNanos) {}

  /** The stranger last told of, by node: no more of them than members. */
  private final TreeMap<Integer, Told> told = new TreeMap<>();

  /** Messages not counted since start. */
  private long ignored;

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
      ignored++;
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

  long ignored() {
    return ignored;
  }

  /** Each stranger once; and two that take turns, now and then. */
  private void tell(int node, long incarnation) {
    Told before = told.get(node);
    boolean news =
        before == null
            || (before.incarnation() != incarnation
                && replica.nowNanos - before.atNanos()
                    >= replica.options.electionTimeoutMaxNanos());
    if (news) {
      told.put(node, new Told(incarnation, replica.nowNanos));
      Membership membership = replica.memberships.lastHolding(node, replica.commitment.index());
      long bound = membership == null ? 0 : membership.incarnationOf(node);
      replica.out.emit(new Effect.StrangerHeard(node, bound, incarnation));
    }
  }
}
