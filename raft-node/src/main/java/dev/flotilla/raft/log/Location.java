package dev.flotilla.raft.log;

/**
 * Where a record stands, packed into a long: segment sequence (upper 32 bits) and byte offset
 * (lower 32 bits, unsigned). Locations of one group's entries grow with the index, because
 * replacing an entry replaces everything after it; so the first entry is always in the oldest
 * segment the group needs.
 */
final class Location {
  /** An entry whose segment was deleted; recovery meets it only below a later base. */
  static final long ABSENT = -1;

  static final long MAX_OFFSET = (1L << 32) - 1;
  static final long MAX_SEQUENCE = Integer.MAX_VALUE;

  private Location() {}

  static long of(long sequence, long offset) {
    if (sequence < 0 || sequence > MAX_SEQUENCE || offset < 0 || offset > MAX_OFFSET) {
      throw new IllegalArgumentException("offset " + offset + " in segment " + sequence);
    }
    return (sequence << 32) | offset;
  }

  static long sequence(long location) {
    return location >>> 32;
  }

  static long offset(long location) {
    return location & MAX_OFFSET;
  }
}
