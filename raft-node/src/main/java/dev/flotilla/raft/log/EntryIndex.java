package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import java.util.Arrays;

/**
 * Location and payload size of every entry of one group, by index: two arrays, twelve bytes an
 * entry. A prefix is dropped by moving the head; the arrays are packed when half of them lies
 * before it.
 *
 * <p>Invariants: entries {@code firstIndex .. firstIndex + size - 1} are present; {@code
 * payloadBytes} is the sum of their payload sizes.
 */
final class EntryIndex {
  private static final int INITIAL_CAPACITY = 16;

  private long[] locations = new long[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private int head;
  private int size;
  private long firstIndex;
  private long payloadBytes;

  EntryIndex(long firstIndex) {
    this.firstIndex = firstIndex;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long lastIndex() {
    return firstIndex + size - 1;
  }

  long location(long index) {
    return locations[slot(index)];
  }

  int payloadLength(long index) {
    return lengths[slot(index)];
  }

  /** Location of the first entry; there must be one. */
  long firstLocation() {
    return location(firstIndex);
  }

  /** Sum of {@link Entry#sizeBytes()} over all entries. */
  long sizeBytes() {
    return payloadBytes + (long) size * Entry.OVERHEAD_BYTES;
  }

  void append(long location, int payloadLength) {
    if (head + size == locations.length) {
      makeRoom();
    }
    locations[head + size] = location;
    lengths[head + size] = payloadLength;
    payloadBytes += payloadLength;
    size++;
  }

  /** Drops the entry at the index and everything after it. */
  void truncateFrom(long index) {
    while (size > 0 && lastIndex() >= index) {
      size--;
      payloadBytes -= lengths[head + size];
    }
  }

  /** Drops everything up to the index, which may be at most the last. */
  void dropThrough(long index) {
    while (firstIndex <= index) {
      payloadBytes -= lengths[head];
      head++;
      size--;
      firstIndex++;
    }
  }

  /** Drops everything; the next entry will have this index. */
  void restartAt(long index) {
    locations = new long[INITIAL_CAPACITY];
    lengths = new int[INITIAL_CAPACITY];
    head = 0;
    size = 0;
    firstIndex = index;
    payloadBytes = 0;
  }

  private int slot(long index) {
    if (index < firstIndex || index > lastIndex()) {
      throw new IndexOutOfBoundsException(
          "entry " + index + " of " + firstIndex + ".." + lastIndex());
    }
    return head + (int) (index - firstIndex);
  }

  private void makeRoom() {
    int capacity = size < locations.length / 2 ? locations.length : locations.length * 2;
    long[] movedLocations = new long[capacity];
    int[] movedLengths = new int[capacity];
    System.arraycopy(locations, head, movedLocations, 0, size);
    System.arraycopy(lengths, head, movedLengths, 0, size);
    locations = movedLocations;
    lengths = movedLengths;
    head = 0;
  }

  @Override
  public String toString() {
    return "EntryIndex["
        + firstIndex
        + ".."
        + lastIndex()
        + " at "
        + Arrays.toString(Arrays.copyOfRange(locations, head, head + Math.min(size, 8)))
        + "]";
  }
}
