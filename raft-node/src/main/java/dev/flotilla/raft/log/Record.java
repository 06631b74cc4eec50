package dev.flotilla.raft.log;

import dev.flotilla.raft.core.LogBase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record as it stands in a buffer.
 *
 * @param type what it says; null when the code is unknown
 * @param index an entry's or base's index; the vote of a hard state; the count of a checkpoint
 * @param bytes all of it, header included
 */
record Record(
    @Nullable RecordType type,
    byte kind,
    int group,
    long term,
    long index,
    long stamp,
    ByteBuffer bytes) {

  /** The record at an offset of a buffer, or null when there is no whole and valid one. */
  static @Nullable Record parse(ByteBuffer from, int at, int limit) {
    Record record = parseUnchecked(from, at, limit);
    if (record == null) {
      return null;
    }
    CRC32C crc = new CRC32C();
    ByteBuffer checked = record.bytes.duplicate();
    checked.position(Integer.BYTES);
    crc.update(checked);
    return record.bytes.getInt(0) == (int) crc.getValue() ? record : null;
  }

  /** The same without looking at the checksum: what the bytes claim to be. */
  static @Nullable Record parseUnchecked(ByteBuffer from, int at, int limit) {
    if (limit - at < LogFormat.RECORD_HEADER_BYTES) {
      return null;
    }
    int length = from.getInt(at + 4);
    if (length < 0 || length > limit - at - LogFormat.RECORD_HEADER_BYTES) {
      return null;
    }
    return new Record(
        RecordType.of(from.get(at + 8)),
        from.get(at + 9),
        from.getInt(at + 12),
        from.getLong(at + 16),
        from.getLong(at + 24),
        from.getLong(at + 32),
        from.slice(at, LogFormat.RECORD_HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN));
  }

  int payloadLength() {
    return bytes.remaining() - LogFormat.RECORD_HEADER_BYTES;
  }

  /** A view of the payload, little-endian. */
  ByteBuffer payload() {
    return bytes
        .slice(LogFormat.RECORD_HEADER_BYTES, payloadLength())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The base a CREATE, COMPACT or RESET record carries. */
  LogBase base() {
    return new LogBase(index, term, MembershipCodec.decode(payload()));
  }

  boolean isCheckpoint() {
    return type == RecordType.CHECKPOINT || type == RecordType.CHECKPOINT_GROUP;
  }
}
