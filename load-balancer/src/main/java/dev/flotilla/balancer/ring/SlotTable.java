package dev.flotilla.balancer.ring;

import dev.flotilla.slot.Slots;
import java.util.ArrayList;
import java.util.List;

/**
 * Which group owns which slot, at one epoch. Immutable; a newer epoch replaces a whole table. The
 * ring makes the first one; later ones are decisions of their own, which is why routing looks here
 * and never at the ring.
 */
public final class SlotTable {
  private final long epoch;
  private final int[] owners;

  private SlotTable(long epoch, int[] owners) {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch must be 1 or more: " + epoch);
    }
    this.epoch = epoch;
    this.owners = owners;
  }

  /** The table the ring of these groups results in. */
  public static SlotTable fromRing(List<RingGroup> groups, long epoch) {
    Ring ring = new Ring(groups);
    int[] owners = new int[Slots.COUNT];
    for (int slot = 0; slot < owners.length; slot++) {
      owners[slot] = ring.groupOfSlot(slot);
    }
    return new SlotTable(epoch, owners);
  }

  /** Grows by every change of the table; 1 or more. */
  public long epoch() {
    return epoch;
  }

  /** The id of the group that owns a slot. */
  public int groupOf(int slot) {
    return owners[slot];
  }

  /** The slots of a group as the fewest half-open ranges, ascending; empty when it owns none. */
  public List<SlotRange> ranges(int group) {
    List<SlotRange> ranges = new ArrayList<>();
    int from = -1;
    for (int slot = 0; slot <= owners.length; slot++) {
      boolean owned = slot < owners.length && owners[slot] == group;
      if (owned && from < 0) {
        from = slot;
      } else if (!owned && from >= 0) {
        ranges.add(new SlotRange(from, slot));
        from = -1;
      }
    }
    return ranges;
  }

  /** How many slots a group owns. */
  public int slotCount(int group) {
    int count = 0;
    for (int owner : owners) {
      if (owner == group) {
        count++;
      }
    }
    return count;
  }
}
