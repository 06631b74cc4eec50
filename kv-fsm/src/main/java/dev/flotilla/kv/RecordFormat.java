package dev.flotilla.kv;

/**
 * What is stored, byte by byte. A format: replicas of different versions exchange it in snapshots.
 *
 * <pre>
 * key                                            value (first byte: version, now 1)
 * slot(2) 0x00                                   slot record     slotRev
 * slot(2) 0x10 clientHigh(8) clientLow(8)        session         lastActive indexedAt floor count
 *                                                                { seqDelta  status&lt;&lt;1|existed (1)  revision }*
 * slot(2) 0x20 key                               data            revision createRevision expiresAt value…
 * 0xFFFE  millis(8) key of a session or datum    expiry index    empty
 * 0xFFFF  0x00                                   header          index term clock digest(8) keys keyBytes
 * 0xFFFF  0x01                                   slot table      epoch settings(5) runs { from length state epoch }*
 * </pre>
 *
 * Numbers in keys are big endian, so that byte order is their order; numbers in values are base 128
 * (7 bits a byte, low first) unless a width is given. Times are milliseconds of the replicated
 * clock, 0 = never.
 *
 * <p><b>A slot is a range.</b> Everything a slot owns lies in {@code [slot, slot + 1)} and can be
 * moved or dropped as one. Types 0x30 to 0x4F are kept for locks and transaction records, 0x50 to
 * 0x5F for what a move stages. Which group owns a slot is the group's business, not the slot's, and
 * lies in the slot table; the expiry index is derived from the slots' records and is made again
 * where a slot arrives. Hence what a move carries is what {@link StateDigest} counts per slot.
 *
 * <p><b>Revisions.</b> slotRev counts the effective writes of a slot; a key's revision is slotRev
 * at its last write. Both are independent of the Raft index and stay comparable when the slot
 * moves.
 */
final class RecordFormat {
  static final int VERSION = 1;

  /** Nothing lives longer than this from now: keeps sums of times far from overflow. */
  static final long MAX_TTL_MILLIS = 100L * 366 * 24 * 3_600 * 1_000;

  /** The replicated clock does not go beyond this (the year 144,683), whatever a leader stamps. */
  static final long MAX_CLOCK_MILLIS = 1L << 52;

  private RecordFormat() {}

  static byte[] slotRecord(long slotRevision) {
    return new RecordWriter(1 + RecordWriter.sizeOf(slotRevision))
        .writeByte(VERSION)
        .writeNumber(slotRevision)
        .toArray();
  }

  static long slotRevision(byte[] slotRecord) {
    return new RecordReader(slotRecord, VERSION).readNumber();
  }
}
