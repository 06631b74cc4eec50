package dev.flotilla.kv.engine;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What keys were last seen to hold, in a ring of bytes. Two arrays without references, whatever the
 * number of records: the garbage collector has nothing to trace, and a record that is replaced
 * leaves no garbage.
 *
 * <pre>
 *        head - capacity                      head - capacity/2                     head
 *   ───────────┬──────────────────────────────────┬───────────────────────────────────┬──────
 *   overwritten│ older half: moves to the head    │ newer half: stays where it is     │ next
 *              │ when it is used                  │                                   │
 * </pre>
 *
 * Positions count bytes from the beginning and never wrap; a position's place is its remainder by
 * the capacity. A record is gone when its position has fallen behind {@code head - capacity}, so
 * nothing has to be evicted: what is not used for half a round is overwritten. The index is a table
 * of positions in buckets of four, each with some bits of its key's hash, so that few records of
 * other keys are looked at; a full bucket forgets its oldest, so a record may also go early.
 */
final class RecordCache {
  /** Returned for a key that is known to be absent; told by identity. */
  static final byte[] ABSENT = new byte[0];

  private static final int WAYS = 4;
  private static final int BYTES_PER_SLOT = 32;
  private static final int HEAD_BYTES = 2 * Integer.BYTES;
  private static final int ABSENT_LENGTH = -1;

  /** A record larger than this part of the ring is not kept: it would push out too many others. */
  private static final int LARGEST_PART = 64;

  private static final int MIN_CAPACITY = 4 << 10;
  private static final int NOT_FOUND = -1;
  private static final int TAG_BITS = 16;
  private static final long TAG_MASK = (1L << TAG_BITS) - 1;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final Hasher64 XXH3 = Hashing.xxh3_64();

  private final byte[] ring;

  /** Position and tag; a position that is no longer in the ring counts as empty. */
  private final long[] index;

  private long head;

  /**
   * @param capacityBytes of the ring; the index takes up to a quarter of that in addition
   */
  RecordCache(int capacityBytes) {
    if (capacityBytes < MIN_CAPACITY) {
      throw new IllegalArgumentException("a cache of " + capacityBytes + " bytes is none");
    }
    ring = new byte[capacityBytes];
    index = new long[Integer.highestOneBit(capacityBytes / BYTES_PER_SLOT)];
    // So that 0, which the index is full of, is behind the ring.
    head = 2L * capacityBytes;
  }

  /** The value last put under the key, {@link #ABSENT}, or null when nothing is known. */
  byte @Nullable [] get(byte[] key) {
    long hash = XXH3.hashBytesToLong(key);
    int slot = find(key, hash);
    if (slot == NOT_FOUND) {
      return null;
    }
    int place = place(position(slot));
    int length = (int) INT.get(ring, place + Integer.BYTES);
    byte[] value = ABSENT;
    if (length != ABSENT_LENGTH) {
      int from = place + HEAD_BYTES + key.length;
      value = Arrays.copyOfRange(ring, from, from + length);
    }
    if (isInOlderHalf(slot)) {
      append(slot, hash, key, value, length);
    }
    return value;
  }

  /** Remembers what the key holds now. */
  @SuppressWarnings("ReferenceEquality")
  void put(byte[] key, byte[] value) {
    int length = value == ABSENT ? ABSENT_LENGTH : value.length;
    long hash = XXH3.hashBytesToLong(key);
    int slot = find(key, hash);
    if (HEAD_BYTES + key.length + value.length > ring.length / LARGEST_PART) {
      if (slot != NOT_FOUND) {
        index[slot] = 0;
      }
      return;
    }
    if (slot == NOT_FOUND) {
      slot = oldest(bucket(hash));
    } else if (!isInOlderHalf(slot)) {
      int place = place(position(slot));
      if ((int) INT.get(ring, place + Integer.BYTES) == length) {
        System.arraycopy(value, 0, ring, place + HEAD_BYTES + key.length, value.length);
        return;
      }
    }
    append(slot, hash, key, value, length);
  }

  void clear() {
    Arrays.fill(index, 0);
  }

  private void append(int slot, long hash, byte[] key, byte[] value, int length) {
    int size = HEAD_BYTES + key.length + value.length;
    int place = place(head);
    if (place + size > ring.length) {
      head += ring.length - place; // a record does not wrap
      place = 0;
    }
    INT.set(ring, place, key.length);
    INT.set(ring, place + Integer.BYTES, length);
    System.arraycopy(key, 0, ring, place + HEAD_BYTES, key.length);
    System.arraycopy(value, 0, ring, place + HEAD_BYTES + key.length, value.length);
    index[slot] = head << TAG_BITS | tag(hash);
    head += size;
  }

  private int find(byte[] key, long hash) {
    int bucket = bucket(hash);
    for (int slot = bucket; slot < bucket + WAYS; slot++) {
      if ((index[slot] & TAG_MASK) == tag(hash)
          && isInRing(slot)
          && holds(place(position(slot)), key)) {
        return slot;
      }
    }
    return NOT_FOUND;
  }

  private boolean holds(int place, byte[] key) {
    int from = place + HEAD_BYTES;
    return (int) INT.get(ring, place) == key.length
        && Arrays.mismatch(ring, from, from + key.length, key, 0, key.length) < 0;
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

  private boolean isInRing(int slot) {
    return position(slot) >= head - ring.length;
  }

  private boolean isInOlderHalf(int slot) {
    return position(slot) < head - ring.length / 2;
  }
}
