package dev.flotilla.raft.log;

import java.util.Locale;

/**
 * The bytes on disk, all little-endian. A format: changing anything here needs a new {@link
 * #VERSION}.
 *
 * <pre>
 * segment   header (512 bytes), batches, zeros up to the preallocated size
 * header    0 magic u32 | 4 crc32c u32 of bytes 8..64 | 8 version u32 | 12 node u32
 *           16 incarnation u64 | 24 segment u64 | zeros
 * batch     starts at a multiple of 512, zero-padded to the next one
 *           0 magic u32 | 4 crc32c u32 of bytes 8..40+length | 8 segment u64 | 16 batch u64
 *           24 syncedBelow u64 | 32 length u32 | 36 crc32c of the batch before u32 | 40 records,
 *           none at all in a batch that only says that those before it are synced
 * record    0 crc32c u32 of bytes 4..40+length | 4 length u32 | 8 type u8 | 9 kind u8 | 10 zero u16
 *           12 group u32 | 16 term u64 | 24 index u64 | 32 stamp u64 | 40 payload
 * </pre>
 */
final class LogFormat {
  static final int VERSION = 2;

  /** Still read. It knew no empty batches. */
  static final int OLDEST_VERSION = 1;

  /**
   * Batches start at sector boundaries, so that writing a batch never touches a sector whose bytes
   * were acknowledged: what power loss does to a sector under write cannot reach them.
   */
  static final int ALIGNMENT = 512;

  static final int SEGMENT_MAGIC = 0x53574c46; // "FLWS"
  static final int SEGMENT_HEADER_BYTES = ALIGNMENT;
  static final int SEGMENT_HEADER_CHECKED_BYTES = 64;

  static final int BATCH_MAGIC = 0x42574c46; // "FLWB"
  static final int BATCH_HEADER_BYTES = 40;

  static final int RECORD_HEADER_BYTES = 40;

  /** No record is larger; a length beyond it is garbage. */
  static final int MAX_PAYLOAD_BYTES = 256 << 20;

  static final String SEGMENT_SUFFIX = ".wal";

  /** Files under this suffix are unfinished; recovery deletes them. */
  static final String STAGING_SUFFIX = ".tmp";

  private static final int SEQUENCE_DIGITS = 16;

  private LogFormat() {}

  static long align(long position) {
    return (position + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** The segment's file name: its sequence in hexadecimal, so that names sort like sequences. */
  static String segmentName(long sequence) {
    return String.format(Locale.ROOT, "%0" + SEQUENCE_DIGITS + "x", sequence) + SEGMENT_SUFFIX;
  }

  static boolean isSegmentName(String name) {
    return name.length() == SEQUENCE_DIGITS + SEGMENT_SUFFIX.length()
        && name.endsWith(SEGMENT_SUFFIX)
        && name.chars().limit(SEQUENCE_DIGITS).allMatch(c -> Character.digit(c, 16) >= 0);
  }

  static long sequenceOf(String name) {
    return Long.parseUnsignedLong(name.substring(0, SEQUENCE_DIGITS), 16);
  }
}
