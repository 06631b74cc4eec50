package dev.flotilla.balancer.ring;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.flotilla.slot.Slots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The consistent-hash ring (Karger et al., 1997): a circle of 2^64 positions on which groups own
 * arcs.
 *
 * <p>The placement is a format that every balancer and launcher must agree on, so each byte of it
 * is fixed:
 *
 * <ul>
 *   <li>A group has {@code 256 x weight} virtual nodes. Number {@code i}, from 0, stands at XXH3-64
 *       (seed 0) of the UTF-8 bytes of {@code name#i}, the number in decimal: {@code g1#0}, {@code
 *       g1#1}, ...
 *   <li>A slot stands at XXH3-64 (seed 0) of its number in decimal ASCII digits: {@code 0} ...
 *       {@code 16383}.
 *   <li>Positions are compared as unsigned numbers. A slot belongs to the first virtual node at its
 *       own position or after it; past the last one the circle starts over.
 *   <li>Where virtual nodes of two groups stand at one position, the group with the lower id has
 *       it.
 * </ul>
 *
 * <p>A joining group therefore only takes slots, from everybody about equally, and never moves one
 * between two others; a leaving group only gives.
 */
public final class Ring {
  public static final int VIRTUAL_NODES_PER_WEIGHT = 256;

  private static final Hasher64 XXH3 = Hashing.xxh3_64();

  /** Ascending, unsigned. */
  private final long[] positions;

  /** The group that owns the arc which ends at the position with the same number. */
  private final int[] owners;

  public Ring(List<RingGroup> groups) {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("a ring needs at least one group");
    }
    requireDistinct(groups);
    List<VirtualNode> nodes = new ArrayList<>();
    for (RingGroup group : groups) {
      int count = VIRTUAL_NODES_PER_WEIGHT * group.weight();
      for (int i = 0; i < count; i++) {
        nodes.add(new VirtualNode(hash(group.name() + '#' + i), group.id()));
      }
    }
    nodes.sort(VirtualNode.CLOCKWISE);
    positions = nodes.stream().mapToLong(VirtualNode::position).toArray();
    owners = nodes.stream().mapToInt(VirtualNode::group).toArray();
  }

  private static void requireDistinct(List<RingGroup> groups) {
    Set<Integer> ids = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (RingGroup group : groups) {
      if (!ids.add(group.id()) || !names.add(group.name())) {
        throw new IllegalArgumentException(
            "two groups with the id " + group.id() + " or the name " + group.name());
      }
    }
  }

  /** The id of the group that owns a slot. */
  public int groupOfSlot(int slot) {
    if (slot < 0 || slot >= Slots.COUNT) {
      throw new IllegalArgumentException("no such slot: " + slot);
    }
    return ownerAt(slotPosition(slot));
  }

  /** Where a slot stands on the circle. */
  static long slotPosition(int slot) {
    return hash(Integer.toString(slot));
  }

  private int ownerAt(long position) {
    int low = 0;
    int high = positions.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(positions[middle], position) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return owners[low == positions.length ? 0 : low];
  }

  private static long hash(String text) {
    return XXH3.hashBytesToLong(text.getBytes(StandardCharsets.UTF_8));
  }

  private record VirtualNode(long position, int group) {
    static final Comparator<VirtualNode> CLOCKWISE =
        ((Comparator<VirtualNode>) (a, b) -> Long.compareUnsigned(a.position, b.position))
            .thenComparingInt(VirtualNode::group);
  }
}
