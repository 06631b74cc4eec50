package dev.flotilla.launcher.node;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.launcher.config.ClusterConfig;

/**
 * The first slot table of a cluster, which nodes and balancers work out from the cluster file
 * alone: the ring's placement is a fixed format.
 */
public final class RingSlots {
  static final long GENESIS_EPOCH = 1;

  private RingSlots() {}

  public static SlotTable genesis(ClusterConfig config) {
    return SlotTable.fromRing(
        config.groups().stream()
            .map(group -> new RingGroup(group.id(), group.name(), group.weight()))
            .toList(),
        GENESIS_EPOCH);
  }
}
