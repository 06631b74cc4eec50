package dev.flotilla.raft.log;

import java.nio.ByteBuffer;

/**
 * A valid batch found in a segment.
 *
 * @param position where it starts in the file
 * @param end where the next one starts
 * @param number its place among all batches of the log
 * @param syncedBelow batches with smaller numbers were on disk when this one was written
 * @param body its records; a copy, or a view that is valid until the scanner reads on
 */
record Batch(
    long position,
    long end,
    long number,
    long syncedBelow,
    int crc,
    int previousCrc,
    ByteBuffer body) {

  /** Whether it is the first one of its sync. */
  boolean startsSync() {
    return number == syncedBelow;
  }
}
