package dev.flotilla.simulation.world;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which nodes there are and which groups they host.
 *
 * @param nodes how many; ids from 1
 * @param groups the nodes of each group, by its id
 * @param balancers how many; ids from {@link #FIRST_BALANCER}
 */
public record Topology(int nodes, SortedMap<Integer, SortedSet<Integer>> groups, int balancers) {
  /** Balancers are on the same network as nodes. */
  public static final int FIRST_BALANCER = 1_001;

  private static final Map<String, SlotTable> TABLES = new ConcurrentHashMap<>();

  public Topology {
    TreeMap<Integer, SortedSet<Integer>> copy = new TreeMap<>();
    groups.forEach((group, members) ->
        copy.put(group, Collections.unmodifiableSortedSet(new TreeSet<>(members))));
    groups = Collections.unmodifiableSortedMap(copy);
  }

  public static boolean isNode(int endpoint) {
    return endpoint < FIRST_BALANCER;
  }

  public static String address(int node) {
    return "host" + node + ":7000";
  }

  /** The nodes of a group. */
  public SortedSet<Integer> members(int group) {
    SortedSet<Integer> members = groups.get(group);
    if (members == null) {
      throw new IllegalArgumentException("no group " + group);
    }
    return members;
  }

  /** The slots of the cluster's first epoch, by the ring. */
  public SlotTable slots() {
    return slots("g");
  }

  /** As somebody would place them who has the groups' names wrong. */
  public SlotTable wrongSlots() {
    return slots("wrong");
  }

  private SlotTable slots(String prefix) {
    // Placing 16,384 slots takes longer than many a run.
    return TABLES.computeIfAbsent(
        prefix + groups.keySet(),
        ids ->
            SlotTable.fromRing(
                groups.keySet().stream()
                    .map(group -> new RingGroup(group, prefix + group, 1))
                    .toList(),
                1));
  }
}
