package dev.flotilla.kv;

import java.util.List;

/**
 * What a group starts its life with. Only proposed ({@link KvStateMachine#wake()}), by whichever
 * replica leads first, and only until the group has an assignment: what counts is what the log
 * says.
 *
 * @param genesisEpoch epoch of the first slot table; 0 = this group waits to be assigned slots
 * @param genesisSlots the slots owned from the start; they must not overlap
 * @param settings the settings proposed along with them
 */
public record KvOptions(long genesisEpoch, List<SlotRange> genesisSlots, KvSettings settings) {
  public KvOptions {
    if (genesisEpoch < 0) {
      throw new IllegalArgumentException("genesisEpoch is " + genesisEpoch);
    }
    genesisSlots = List.copyOf(genesisSlots);
  }

  public KvOptions(long genesisEpoch, List<SlotRange> genesisSlots) {
    this(genesisEpoch, genesisSlots, KvSettings.DEFAULT);
  }

  /** A group that waits to be assigned slots. */
  public static KvOptions unassigned() {
    return new KvOptions(0, List.of());
  }
}
