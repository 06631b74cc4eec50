package dev.flotilla.kv.engine;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records in memory, the unwritten ones and those used last, in a ring of bytes. A few arrays
 * without references, whatever the number of records: the garbage collector has nothing to trace,
 * and a record that is replaced leaves no garbage.
 *
 * <pre>
 *   head - capacity       head - capacity/2       frozenFrom           activeFrom          head
 *   ────────┬──────────────────────┬───────────────────┬───────────────────┬────────────────┬─────
 *   over-   │ written, move to the │ written, stay     │ frozen: unwritten,│ active: un-    │ next
 *   written │ head when they are   │ where they are    │ never changed     │ written,       │
 *           │ used                 │                   │                   │ changed in place
 * </pre>
 *
 * Positions count bytes from the beginning and never wrap; a position's place is its remainder by
 * the capacity. A record is gone when its position has fallen behind {@code head - capacity}, so
 * nothing has to be evicted: what is not used for half a round is overwritten. The active and the
 * frozen segment together take less than the ring, so nothing unwritten is ever overwritten.
 *
 * <p>The index is a table of positions in buckets of eight, each with some bits of its key's hash,
 * so that few records of other keys are looked at. A full bucket forgets its oldest; should that be
 * unwritten, its position is kept in a map aside.
 *
 * <p>For scans the records of the two segments are chained by the first two bytes of their keys.
 *
 * <p>One thread at a time, but a frozen segment may be read by another.
 */
final class RecordRing {
  /** Returned for a key that is known to be absent; told by identity. */
  static final byte[] ABSENT = new byte[0];

  /**
   * A segment is frozen when it has this part of the ring: frozen and active one are half of it.
   */
  private static final int SEGMENT_PART = 4;

  private static final int WAYS = 8;
  private static final int BYTES_PER_SLOT = 64;
  private static final int MIN_CAPACITY = 4 << 10;
  private static final int MAX_CAPACITY = 1 << 30;
  private static final int MOST_CHAINS = 1 << 12;
  private static final int BYTES_PER_CHAIN = 512;
  private static final long NOWHERE = -1;
  private static final int TAG_BITS = 16;
  private static final long TAG_MASK = (1L << TAG_BITS) - 1;
  private static final Hasher64 XXH3 = Hashing.xxh3_64();

  private final byte[] ring;
  private final int segmentBytes;

  /** Position and tag; a position that is no longer in the ring counts as empty. */
  private final long[] index;

  /** Unwritten records that found their bucket full of such. Nearly always empty. */
  private final Map<byte[], Long> crowdedOut = new TreeMap<>(Arrays::compareUnsigned);

  /** By the first two bytes of the key, some of them in one: the last record appended. */
  private final long[] chains;

  private BitSet activePrefixes = new BitSet();
  private BitSet frozenPrefixes = new BitSet();
  private long frozenFrom;
  private long activeFrom;
  private long head;

  /** Of records that have to be written in the active segment. */
  private int unwritten;

  /**
   * @param capacityBytes of the ring; index and chains take up to a quarter of that in addition
   */
  RecordRing(int capacityBytes) {
    if (capacityBytes < MIN_CAPACITY || capacityBytes > MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "a ring of %d bytes: %d to %d are expected"
              .formatted(capacityBytes, MIN_CAPACITY, MAX_CAPACITY));
    }
    ring = new byte[capacityBytes / RingRecord.ALIGNMENT * RingRecord.ALIGNMENT];
    segmentBytes = ring.length / SEGMENT_PART;
    index = new long[Integer.highestOneBit(capacityBytes / BYTES_PER_SLOT - 1) * 2];
    chains =
        new long[Math.min(MOST_CHAINS, Integer.highestOneBit(capacityBytes / BYTES_PER_CHAIN))];
    // So that 0, which index and chains are full of, is behind the ring.
    head = 2L * ring.length;
    activeFrom = frozenFrom = head;
  }

  /** The value last put under the key, {@link #ABSENT}, or null when nothing is known. */
  byte @Nullable [] get(byte[] key) {
    long hash = XXH3.hashBytesToLong(key);
    long position = locate(key, hash);
    if (position == NOWHERE) {
      return null;
    }
    byte[] value = RingRecord.value(ring, place(position));
    if (position < head - ring.length / 2) {
      keep(key, hash, value);
    }
    return value;
  }

  /**
   * Keeps what was read elsewhere.
   *
   * @return false when it is not kept because there is no room beside what is not written yet
   */
  boolean keep(byte[] key, byte[] value) {
    return keep(key, XXH3.hashBytesToLong(key), value);
  }

  private boolean keep(byte[] key, long hash, byte[] value) {
    int size = RingRecord.size(key.length, value.length);
    if (size > segmentBytes / SEGMENT_PART) {
      return true; // would push out too many others
    }
    if (!hasRoomFor(size) && !isFrozen() && unwritten == 0) {
      activeFrom = head;
      activePrefixes.clear();
      release();
    }
    if (!hasRoomFor(size)) {
      return false;
    }
    append(key, hash, value, value.length, false);
    return true;
  }

  /** Whether that much can be put before the segment is frozen. */
  boolean hasRoomFor(long bytes) {
    return activeBytes() + bytes <= segmentBytes;
  }

  /** Whether that much can be put when the segment is empty. */
  boolean couldHold(long bytes) {
    return bytes <= segmentBytes;
  }

  /** The most that so many records take, however often they are put. */
  static long mostBytes(int records, long keyAndValueBytes) {
    return keyAndValueBytes * 3 / 2 + (long) records * (RingRecord.HEAD_BYTES + 16);
  }

  /** Remembers what the key holds from now on, as not written yet. There must be room. */
  void put(byte[] key, byte[] value) {
    long hash = XXH3.hashBytesToLong(key);
    long position = locate(key, hash);
    int room = value.length;
    if (position >= activeFrom) {
      int place = place(position);
      if (RingRecord.room(ring, place) >= value.length) {
        if (!RingRecord.isUnwritten(ring, place)) {
          unwritten++;
        }
        RingRecord.replace(ring, place, value);
        return;
      }
      room += room / 2; // it grows
    }
    append(key, hash, value, room, true);
    unwritten++;
  }

  /** Forgets a key, which must not be unwritten. */
  void forget(byte[] key) {
    int slot = find(key, XXH3.hashBytesToLong(key));
    if (slot >= 0) {
      index[slot] = 0;
    } else if (!crowdedOut.isEmpty()) {
      crowdedOut.remove(key);
    }
  }

  /** Whether a segment waits to be {@link #release}d. */
  boolean isFrozen() {
    return frozenFrom < activeFrom;
  }

  boolean hasUnwritten() {
    return isFrozen() || unwritten > 0;
  }

  /**
   * What was put since the last time. The bytes it reads do not change until {@link #release},
   * until which there must be no other.
   */
  RingSegment freeze() {
    if (isFrozen()) {
      throw new IllegalStateException("a segment is frozen already");
    }
    RingSegment segment = new RingSegment(ring, frozenFrom, head, unwritten);
    activeFrom = head;
    unwritten = 0;
    BitSet empty = frozenPrefixes;
    frozenPrefixes = activePrefixes;
    activePrefixes = empty;
    return segment;
  }

  /** The frozen segment is written, or there is none. */
  void release() {
    frozenFrom = activeFrom;
    frozenPrefixes.clear();
    if (!crowdedOut.isEmpty()) {
      crowdedOut.values().removeIf(position -> position < frozenFrom);
    }
  }

  /** Forgets everything, the unwritten included. */
  void clear() {
    Arrays.fill(index, 0);
    Arrays.fill(chains, 0);
    crowdedOut.clear();
    activePrefixes.clear();
    frozenPrefixes.clear();
    activeFrom = frozenFrom = head;
    unwritten = 0;
  }

  /**
   * Everything unwritten from a key on (and some that is written), in the order of the keys, with
   * {@link #ABSENT} for what is deleted. The ring must not be changed meanwhile.
   */
  Iterator<Map.Entry<byte[], byte[]>> unwrittenFrom(byte[] from) {
    return new InOrder(from);
  }

  private void append(byte[] key, long hash, byte[] value, int room, boolean isUnwritten) {
    int size = RingRecord.size(key.length, room);
    int place = place(head);
    if (place + size > ring.length) {
      RingRecord.writeEnd(ring, place);
      head += ring.length - place; // a record does not wrap
      place = 0;
    }
    if (head + size - frozenFrom > ring.length) {
      throw new IllegalStateException("what is not written yet would be overwritten");
    }
    int prefix = RingRecord.prefix(key);
    int chain = prefix & (chains.length - 1);
    RingRecord.write(ring, place, key, value, room, isUnwritten, chains[chain]);
    chains[chain] = head;
    activePrefixes.set(prefix);
    point(key, hash, head);
    head += size;
  }

  private long locate(byte[] key, long hash) {
    int slot = find(key, hash);
    if (slot >= 0) {
      return position(slot);
    }
    if (crowdedOut.isEmpty()) {
      return NOWHERE;
    }
    Long position = crowdedOut.get(key);
    return position == null ? NOWHERE : position;
  }

  private int find(byte[] key, long hash) {
    int bucket = bucket(hash);
    long tag = tag(hash);
    for (int slot = bucket; slot < bucket + WAYS; slot++) {
      if ((index[slot] & TAG_MASK) == tag
          && position(slot) >= head - ring.length
          && RingRecord.isOf(ring, place(position(slot)), key)) {
        return slot;
      }
    }
    return -1;
  }

  private void point(byte[] key, long hash, long position) {
    int slot = find(key, hash);
    if (slot < 0) {
      if (!crowdedOut.isEmpty() && crowdedOut.replace(key, position) != null) {
        return;
      }
      slot = oldest(bucket(hash));
      long oldest = position(slot);
      if (oldest >= frozenFrom) {
        crowdedOut.put(RingRecord.key(ring, place(oldest)), oldest);
      }
    }
    index[slot] = position << TAG_BITS | tag(hash);
  }

  private int oldest(int bucket) {
    int oldest = bucket;
    for (int slot = bucket + 1; slot < bucket + WAYS; slot++) {
      if (index[slot] < index[oldest]) {
        oldest = slot;
      }
    }
    return oldest;
  }

  private int bucket(long hash) {
    return (int) hash & (index.length - WAYS);
  }

  private static long tag(long hash) {
    return hash >>> -TAG_BITS;
  }

  private long position(int slot) {
    return index[slot] >>> TAG_BITS;
  }

  private int place(long position) {
    return (int) (position % ring.length);
  }

  private long activeBytes() {
    return head - activeFrom;
  }

  /** Walks the prefixes that occur, each with its few records sorted. */
  private final class InOrder implements Iterator<Map.Entry<byte[], byte[]>> {
    private final byte[] from;
    private final List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
    private int next;
    private int nextPrefix;

    InOrder(byte[] from) {
      this.from = from;
      nextPrefix = RingRecord.prefix(from);
      advance();
    }

    @Override
    public boolean hasNext() {
      return next < records.size();
    }

    @Override
    public Map.Entry<byte[], byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<byte[], byte[]> record = records.get(next++);
      if (next == records.size()) {
        advance();
      }
      return record;
    }

    private void advance() {
      records.clear();
      next = 0;
      while (records.isEmpty()) {
        int active = activePrefixes.nextSetBit(nextPrefix);
        int frozen = frozenPrefixes.nextSetBit(nextPrefix);
        if (active < 0 && frozen < 0) {
          return;
        }
        int prefix = active < 0 || frozen >= 0 && frozen < active ? frozen : active;
        collect(prefix);
        nextPrefix = prefix + 1;
      }
      records.sort(Map.Entry.comparingByKey(Arrays::compareUnsigned));
    }

    private void collect(int prefix) {
      long position = chains[prefix & (chains.length - 1)];
      while (position >= frozenFrom) {
        int place = place(position);
        if (RingRecord.prefix(ring, place) == prefix) {
          byte[] key = RingRecord.key(ring, place);
          if (Arrays.compareUnsigned(key, from) >= 0
              && locate(key, XXH3.hashBytesToLong(key)) == position) {
            records.add(new SimpleImmutableEntry<>(key, RingRecord.value(ring, place)));
          }
        }
        position = RingRecord.previous(ring, place);
      }
    }
  }
}
