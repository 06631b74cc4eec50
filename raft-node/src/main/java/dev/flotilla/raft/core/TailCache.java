package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The newest entries of the log, in memory: what followers are about to be sent, what is about to
 * be applied, and everything that is not on disk yet. Contiguous and ending at the log's end.
 *
 * <p>Invariant: holds exactly the indexes {@code first .. first + size - 1}; {@code bytes} is the
 * sum of their sizes.
 */
final class TailCache {
  private Entry[] ring = new Entry[64];
  private int head;
  private int size;
  private long first;
  private long bytes;

  TailCache(long firstIndex) {
    first = firstIndex;
  }

  /** Index of the oldest entry held, or the next one to come when none is. */
  long first() {
    return first;
  }

  long bytes() {
    return bytes;
  }

  void append(Entry entry) {
    if (entry.index() != first + size) {
      throw new IllegalStateException(
          "entry " + entry.index() + " cached after " + (first + size - 1));
    }
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = entry;
    size++;
    bytes += entry.sizeBytes();
  }

  /** Drops {@code index} and everything after it. */
  void truncateFrom(long index) {
    while (size > 0 && first + size > index) {
      int last = (head + size - 1) & (ring.length - 1);
      bytes -= ring[last].sizeBytes();
      clear(last);
      size--;
    }
    if (size == 0) {
      first = Math.min(first, index);
    }
  }

  /**
   * Drops the oldest entries while the rest exceeds {@code maxBytes}; never one above {@code
   * durable}.
   */
  void evict(long maxBytes, long durable) {
    while (bytes > maxBytes && size > 0 && first <= durable) {
      dropFirst();
    }
  }

  /** Drops everything up to {@code index}. */
  void dropThrough(long index) {
    while (size > 0 && first <= index) {
      dropFirst();
    }
    first = Math.max(first, index + 1);
  }

  /** Empties the cache; the next entry will be {@code nextIndex}. */
  void reset(long nextIndex) {
    Arrays.fill(ring, null);
    head = 0;
    size = 0;
    bytes = 0;
    first = nextIndex;
  }

  Entry get(long index) {
    return ring[(head + (int) (index - first)) & (ring.length - 1)];
  }

  /**
   * Entries from {@code from}, which is held, to at most {@code to}: one, and more while they fit.
   */
  List<Entry> slice(long from, long to, long maxBytes) {
    Entry one = get(from);
    if (from == to) {
      return List.of(one);
    }
    List<Entry> slice = new ArrayList<>((int) Math.min(to - from + 1, 64));
    long taken = one.sizeBytes();
    slice.add(one);
    for (long index = from + 1; index <= to; index++) {
      Entry next = get(index);
      taken += next.sizeBytes();
      if (taken > maxBytes) {
        break;
      }
      slice.add(next);
    }
    return slice;
  }

  private void dropFirst() {
    bytes -= ring[head].sizeBytes();
    clear(head);
    head = (head + 1) & (ring.length - 1);
    size--;
    first++;
  }

  @SuppressWarnings("NullAway") // slots outside head..head+size hold nothing and are never read
  private void clear(int slot) {
    ring[slot] = null;
  }

  private void grow() {
    Entry[] bigger = new Entry[2 * ring.length];
    for (int i = 0; i < size; i++) {
      bigger[i] = ring[(head + i) & (ring.length - 1)];
    }
    ring = bigger;
    head = 0;
  }
}
