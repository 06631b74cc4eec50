package dev.flotilla.kv;

import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.slot.Slots;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The state at one log position: records in the engine and above it those staged, and in memory
 * what every command needs. Every change of a replicated record goes through {@link #replace},
 * which keeps digest and counts true; {@link StateAudit} proves it.
 */
final class ReplicatedState {
  private static final long NOT_LOADED = -1;

  private final StagedWrites staged;
  private final long[] slotRevisions = new long[Slots.COUNT];
  private AppliedPosition applied = AppliedPosition.NONE;
  private long clockMillis;
  private long digest;
  private long keys;
  private long keyBytes;
  private SlotTable slotTable = SlotTable.NONE;
  private byte[] slotTableRecord = SlotTable.NONE.encode();

  ReplicatedState(KvEngine engine) {
    staged = new StagedWrites(engine);
    load();
  }

  /** Forgets what is in memory and reads the engine, whose content was replaced. */
  void load() {
    Arrays.fill(slotRevisions, NOT_LOADED);
    byte[] table = staged.get(Keys.SLOT_TABLE);
    slotTable = table == null ? SlotTable.NONE : SlotTable.decode(table);
    slotTableRecord = slotTable.encode();
    byte[] header = staged.get(Keys.HEADER);
    if (header == null) {
      applied = AppliedPosition.NONE;
      clockMillis = digest = keys = keyBytes = 0;
      return;
    }
    RecordReader reader = new RecordReader(header, RecordFormat.VERSION);
    applied = new AppliedPosition(reader.readNumber(), reader.readNumber());
    clockMillis = reader.readNumber();
    digest = reader.readFixedLong();
    keys = reader.readNumber();
    keyBytes = reader.readNumber();
  }

  /** Forgets what is staged: the state is again what the engine holds. */
  void withdraw() {
    staged.discard();
    load();
  }

  StagedWrites staged() {
    return staged;
  }

  byte @Nullable [] get(byte[] key) {
    return staged.get(key);
  }

  /**
   * Replaces a replicated record.
   *
   * @param before the record as it is, null when absent
   * @param after null to delete
   */
  void replace(byte[] key, byte @Nullable [] before, byte @Nullable [] after) {
    digest += StateDigest.change(key, before, after);
    if (after != null) {
      staged.put(key, after);
    } else {
      staged.delete(key);
    }
  }

  /** Replaces a datum, which is a replicated record that is counted. */
  void replaceDatum(byte[] key, @Nullable DataRecord before, byte @Nullable [] after) {
    replace(key, before == null ? null : before.bytes(), after);
    if (before != null) {
      keys--;
      keyBytes -= Keys.userKeyBytes(key) + before.valueBytes();
    }
    if (after != null) {
      keys++;
      keyBytes += Keys.userKeyBytes(key) + DataRecord.parse(after).valueBytes();
    }
  }

  /** The revision of the slot's next effective write. */
  long nextRevision(int slot) {
    byte[] key = Keys.slot(slot);
    long current = slotRevisions[slot];
    if (current == NOT_LOADED) {
      byte[] record = staged.get(key);
      current = record == null ? 0 : RecordFormat.slotRevision(record);
    }
    long next = current + 1;
    replace(
        key, current == 0 ? null : RecordFormat.slotRecord(current), RecordFormat.slotRecord(next));
    slotRevisions[slot] = next;
    return next;
  }

  /** Time inside the state machine: the leader's clock as stamped, never going back (H57). */
  void advanceClock(long stampMillis) {
    clockMillis = Math.max(clockMillis, Math.min(stampMillis, RecordFormat.MAX_CLOCK_MILLIS));
  }

  long clockMillis() {
    return clockMillis;
  }

  SlotTable slotTable() {
    return slotTable;
  }

  void assign(SlotTable table) {
    slotTable = table;
    slotTableRecord = table.encode();
    staged.put(Keys.SLOT_TABLE, slotTableRecord);
  }

  AppliedPosition applied() {
    return applied;
  }

  /**
   * Writes everything staged together with the position it brings the state to: one batch (H36).
   * The position moves only after the engine took it (H9).
   */
  void commit(AppliedPosition position) {
    staged.put(
        Keys.HEADER,
        new RecordWriter(48)
            .writeByte(RecordFormat.VERSION)
            .writeNumber(position.index())
            .writeNumber(position.term())
            .writeNumber(clockMillis)
            .writeFixedLong(digest)
            .writeNumber(keys)
            .writeNumber(keyBytes)
            .toArray());
    staged.commit();
    applied = position;
  }

  long stateHash() {
    return StateDigest.ofState(digest, clockMillis, slotTableRecord);
  }

  KvStats stats() {
    return new KvStats(
        applied, keys, keyBytes, clockMillis, slotTable.epoch(), slotTable.ownedCount());
  }
}
