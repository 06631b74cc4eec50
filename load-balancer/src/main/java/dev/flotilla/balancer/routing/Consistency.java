package dev.flotilla.balancer.routing;

/** How fresh a read must be. */
public enum Consistency {
  /** Sees every write that was answered before the read began. */
  LINEARIZABLE,
  /** The same under the leader's lease, where leases are switched on. */
  LEASE,
  /** Whatever some replica has applied. */
  STALE
}
