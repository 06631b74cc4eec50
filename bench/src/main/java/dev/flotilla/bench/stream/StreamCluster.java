package dev.flotilla.bench.stream;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.slot.Slots;
import java.util.List;
import java.util.Map;

/**
 * A cluster as a client finds it at first.
 *
 * @param clusterId what nodes and clients must agree on
 * @param addresses host:port of each node's gRPC server, by the node's id
 * @param groups in any order
 */
public record StreamCluster(String clusterId, Map<Integer, String> addresses, List<Group> groups) {

  /**
   * @param members ids of its nodes, at least one
   * @param leader who leads as far as its members know; 0 = nobody known
   * @param term of that leader
   */
  public record Group(int id, String name, List<Integer> members, int leader, long term) {}

  private static final long FIRST_EPOCH = 1;
  private static final int EQUAL_WEIGHT = 1;

  public StreamCluster {
    addresses = Map.copyOf(addresses);
    groups = List.copyOf(groups);
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("a cluster has groups");
    }
  }

  /**
   * The slots of the groups, all of the same weight. Were the weights others, the groups would
   * answer {@code WRONG_SHARD}.
   */
  SlotTable slots() {
    return SlotTable.fromRing(
        groups.stream()
            .map(group -> new RingGroup(group.id(), group.name(), EQUAL_WEIGHT))
            .toList(),
        FIRST_EPOCH);
  }

  static int groupOf(SlotTable slots, byte[] key) {
    return slots.groupOf(Slots.of(key));
  }
}
