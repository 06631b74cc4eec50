package dev.flotilla.kv;

import dev.flotilla.slot.Slots;
import java.util.BitSet;
import java.util.List;

/**
 * Which slots this group owns, at which epoch. Immutable. Each run of slots carries a state and an
 * epoch of its own, so that a table in the middle of a move can be written in the same format.
 */
final class SlotTable {
  /** Before the first assignment. */
  static final SlotTable NONE = new SlotTable(0, KvSettings.DEFAULT, new BitSet());

  private static final int OWNED = 1;

  private final long epoch;
  private final KvSettings settings;
  private final BitSet owned;

  private SlotTable(long epoch, KvSettings settings, BitSet owned) {
    this.epoch = epoch;
    this.settings = settings;
    this.owned = owned;
  }

  /**
   * @throws IllegalArgumentException when ranges overlap
   */
  static SlotTable of(long epoch, KvSettings settings, List<SlotRange> ranges) {
    BitSet owned = new BitSet(Slots.COUNT);
    for (SlotRange range : ranges) {
      int taken = owned.nextSetBit(range.from());
      if (taken >= 0 && taken < range.to()) {
        throw new IllegalArgumentException("slot " + taken + " is assigned twice");
      }
      owned.set(range.from(), range.to());
    }
    return new SlotTable(epoch, settings, owned);
  }

  long epoch() {
    return epoch;
  }

  KvSettings settings() {
    return settings;
  }

  boolean owns(int slot) {
    return owned.get(slot);
  }

  int ownedCount() {
    return owned.cardinality();
  }

  /** The first owned slot from this one on, or -1. */
  int nextOwned(int slot) {
    return owned.nextSetBit(slot);
  }

  byte[] encode() {
    RecordWriter writer =
        new RecordWriter(64)
            .writeByte(RecordFormat.VERSION)
            .writeNumber(epoch)
            .writeNumber(settings.maxKeyBytes())
            .writeNumber(settings.maxValueBytes())
            .writeNumber(settings.sessionWindow())
            .writeNumber(settings.sessionTtlMillis())
            .writeNumber(settings.sessionRetiredMillis());
    for (int from = owned.nextSetBit(0); from >= 0; ) {
      int to = owned.nextClearBit(from);
      writer.writeNumber(from).writeNumber(to - from).writeByte(OWNED).writeNumber(epoch);
      from = owned.nextSetBit(to);
    }
    return writer.toArray();
  }

  static SlotTable decode(byte[] record) {
    RecordReader reader = new RecordReader(record, RecordFormat.VERSION);
    long epoch = reader.readNumber();
    KvSettings settings =
        new KvSettings(
            reader.readInt(),
            reader.readInt(),
            reader.readInt(),
            reader.readNumber(),
            reader.readNumber());
    BitSet owned = new BitSet(Slots.COUNT);
    while (!reader.atEnd()) {
      int from = reader.readInt();
      int to = from + reader.readInt();
      int state = reader.readByte();
      if (state != OWNED) {
        throw new IllegalStateException("the slot table holds the unknown state " + state);
      }
      reader.readNumber();
      owned.set(from, to);
    }
    return new SlotTable(epoch, settings, owned);
  }
}
