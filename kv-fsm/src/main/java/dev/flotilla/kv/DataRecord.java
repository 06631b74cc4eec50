package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/**
 * A stored key's record, still in its bytes.
 *
 * @param revision slotRev at the last write
 * @param createRevision slotRev at the write that created the key
 * @param expiresAtMillis on the replicated clock; 0 = never
 * @param bytes the whole record
 * @param valueOffset where the value begins in it
 */
record DataRecord(
    long revision, long createRevision, long expiresAtMillis, byte[] bytes, int valueOffset) {

  static DataRecord parse(byte[] bytes) {
    RecordReader reader = new RecordReader(bytes, RecordFormat.VERSION);
    long revision = reader.readNumber();
    long createRevision = reader.readNumber();
    long expiresAtMillis = reader.readNumber();
    return new DataRecord(revision, createRevision, expiresAtMillis, bytes, reader.position());
  }

  static byte[] encode(long revision, long createRevision, long expiresAtMillis, ByteString value) {
    int size =
        1
            + RecordWriter.sizeOf(revision)
            + RecordWriter.sizeOf(createRevision)
            + RecordWriter.sizeOf(expiresAtMillis)
            + value.size();
    return new RecordWriter(size)
        .writeByte(RecordFormat.VERSION)
        .writeNumber(revision)
        .writeNumber(createRevision)
        .writeNumber(expiresAtMillis)
        .writeBytes(value)
        .toArray();
  }

  /** An expired key is absent at once, long before it is swept. */
  boolean isLive(long clockMillis) {
    return expiresAtMillis == 0 || clockMillis < expiresAtMillis;
  }

  int valueBytes() {
    return bytes.length - valueOffset;
  }

  ByteString value() {
    return UnsafeByteOperations.unsafeWrap(bytes, valueOffset, valueBytes());
  }
}
