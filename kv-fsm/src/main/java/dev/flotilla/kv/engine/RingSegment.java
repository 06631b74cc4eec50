package dev.flotilla.kv.engine;

import java.util.Arrays;

/**
 * The records of a part of a {@link RecordRing} that are not written yet, each key once, in the
 * order of the keys: what a store that sorts takes at the least cost. From any thread, as long as
 * that part of the ring does not change.
 */
final class RingSegment implements KvWrites {
  /** Bytes of a key that are compared as a number. */
  private static final int SORTED_BYTES = 5;

  private static final int ORDINAL_BITS = 64 - 8 * SORTED_BYTES;
  private static final int ORDINAL_MASK = (1 << ORDINAL_BITS) - 1;

  /** Runs of keys with the same first bytes up to this length are sorted by insertion. */
  private static final int SHORT_RUN = 24;

  private final byte[] ring;
  private final long from;
  private final long to;
  private final int records;

  /**
   * @param from position of the first record
   * @param to position behind the last one
   * @param records how many of them are not written
   */
  RingSegment(byte[] ring, long from, long to, int records) {
    this.ring = ring;
    this.from = from;
    this.to = to;
    this.records = records;
  }

  @Override
  public boolean isEmpty() {
    return records == 0;
  }

  @Override
  public void playInto(Sink sink) {
    int[] places = places();
    long[] order = new long[records];
    for (int i = 0; i < records; i++) {
      order[i] = firstBytes(places[i]) << ORDINAL_BITS | i;
    }
    // The numbers' highest bit is their sign.
    for (int i = 0; i < records; i++) {
      order[i] ^= Long.MIN_VALUE;
    }
    Arrays.sort(order);
    for (int begin = 0; begin < records; ) {
      int end = begin + 1;
      while (end < records && order[end] >> ORDINAL_BITS == order[begin] >> ORDINAL_BITS) {
        end++;
      }
      sortRun(order, begin, end, places);
      begin = end;
    }
    for (int i = 0; i < records; i++) {
      int place = places[ordinal(order[i])];
      boolean isLast =
          i + 1 == records
              || RingRecord.compareKeys(ring, place, places[ordinal(order[i + 1])]) != 0;
      if (isLast) {
        play(place, sink);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private void play(int place, Sink sink) {
    byte[] key = RingRecord.key(ring, place);
    byte[] value = RingRecord.value(ring, place);
    if (value == RecordRing.ABSENT) {
      sink.delete(key);
    } else {
      sink.put(key, value);
    }
  }

  private int[] places() {
    int[] places = new int[records];
    int found = 0;
    for (long position = from; position < to; ) {
      int place = (int) (position % ring.length);
      if (RingRecord.isEnd(ring, place)) {
        position += ring.length - place;
        continue;
      }
      if (RingRecord.isUnwritten(ring, place)) {
        places[found++] = place;
      }
      position += RingRecord.size(ring, place);
    }
    if (found != records) {
      throw new IllegalStateException(found + " unwritten records instead of " + records);
    }
    return places;
  }

  private long firstBytes(int place) {
    int at = place + RingRecord.HEAD_BYTES;
    int length = Math.min(SORTED_BYTES, RingRecord.keyLength(ring, place));
    long bytes = 0;
    for (int i = 0; i < SORTED_BYTES; i++) {
      bytes = bytes << 8 | (i < length ? ring[at + i] & 0xFF : 0);
    }
    return bytes;
  }

  /** By the whole key; of the same key the older one first. */
  private void sortRun(long[] order, int begin, int end, int[] places) {
    if (end - begin > SHORT_RUN) {
      Long[] run = new Long[end - begin];
      Arrays.setAll(run, i -> order[begin + i]);
      Arrays.sort(run, (left, right) -> compare(left, right, places));
      for (int i = 0; i < run.length; i++) {
        order[begin + i] = run[i];
      }
      return;
    }
    for (int i = begin + 1; i < end; i++) {
      long moving = order[i];
      int to = i;
      while (to > begin && compare(order[to - 1], moving, places) > 0) {
        order[to] = order[to - 1];
        to--;
      }
      order[to] = moving;
    }
  }

  private int compare(long left, long right, int[] places) {
    int byKey = RingRecord.compareKeys(ring, places[ordinal(left)], places[ordinal(right)]);
    return byKey != 0 ? byKey : Integer.compare(ordinal(left), ordinal(right));
  }

  private static int ordinal(long entry) {
    return (int) entry & ORDINAL_MASK;
  }
}
