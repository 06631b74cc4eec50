package dev.flotilla.kv;

import dev.flotilla.slot.Slots;

/** Slots from (inclusive) to (exclusive). */
public record SlotRange(int from, int to) {
  public SlotRange {
    if (from < 0 || from >= to || to > Slots.COUNT) {
      throw new IllegalArgumentException("not a range of slots: [" + from + ", " + to + ")");
    }
  }
}
