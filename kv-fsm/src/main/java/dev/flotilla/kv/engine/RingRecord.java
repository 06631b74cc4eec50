package dev.flotilla.kv.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One record in the bytes of a {@link RecordRing}: state (4 bytes), room for the value (4), key
 * length (4), value length or -1 for a key that is absent (4), position of the previous record of
 * its chain (8), key, value, and what the value has room for besides. In memory only.
 */
final class RingRecord {
  static final int HEAD_BYTES = 24;
  static final int ALIGNMENT = 8;

  private static final int ROOM = 4;
  private static final int KEY_LENGTH = 8;
  private static final int VALUE_LENGTH = 12;
  private static final int PREVIOUS = 16;

  private static final int WRITTEN = 1;
  private static final int UNWRITTEN = 2;

  /** No record follows before the ring's end. */
  private static final int END = 3;

  private static final int ABSENT_LENGTH = -1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private RingRecord() {}

  /** Bytes in the ring of a record whose value has that much room. */
  static int size(int keyLength, int room) {
    return (HEAD_BYTES + keyLength + room + ALIGNMENT - 1) & -ALIGNMENT;
  }

  @SuppressWarnings("ReferenceEquality")
  private static int lengthOf(byte[] value) {
    return value == RecordRing.ABSENT ? ABSENT_LENGTH : value.length;
  }

  static void write(
      byte[] ring,
      int place,
      byte[] key,
      byte[] value,
      int room,
      boolean isUnwritten,
      long previous) {
    INT.set(ring, place, isUnwritten ? UNWRITTEN : WRITTEN);
    INT.set(ring, place + ROOM, size(key.length, room) - HEAD_BYTES - key.length);
    INT.set(ring, place + KEY_LENGTH, key.length);
    INT.set(ring, place + VALUE_LENGTH, lengthOf(value));
    LONG.set(ring, place + PREVIOUS, previous);
    System.arraycopy(key, 0, ring, place + HEAD_BYTES, key.length);
    System.arraycopy(value, 0, ring, place + HEAD_BYTES + key.length, value.length);
  }

  /** A new value, for which there is room, that has to be written. */
  static void replace(byte[] ring, int place, byte[] value) {
    INT.set(ring, place, UNWRITTEN);
    INT.set(ring, place + VALUE_LENGTH, lengthOf(value));
    System.arraycopy(value, 0, ring, valuePlace(ring, place), value.length);
  }

  /** Says that the next record is at the ring's beginning, where there is room to say so. */
  static void writeEnd(byte[] ring, int place) {
    if (place < ring.length) {
      INT.set(ring, place, END);
    }
  }

  static boolean isEnd(byte[] ring, int place) {
    return (int) INT.get(ring, place) == END;
  }

  static boolean isUnwritten(byte[] ring, int place) {
    return (int) INT.get(ring, place) == UNWRITTEN;
  }

  static int room(byte[] ring, int place) {
    return (int) INT.get(ring, place + ROOM);
  }

  static int size(byte[] ring, int place) {
    return HEAD_BYTES + keyLength(ring, place) + room(ring, place);
  }

  static int keyLength(byte[] ring, int place) {
    return (int) INT.get(ring, place + KEY_LENGTH);
  }

  static long previous(byte[] ring, int place) {
    return (long) LONG.get(ring, place + PREVIOUS);
  }

  static boolean isOf(byte[] ring, int place, byte[] key) {
    int from = place + HEAD_BYTES;
    return keyLength(ring, place) == key.length
        && Arrays.mismatch(ring, from, from + key.length, key, 0, key.length) < 0;
  }

  static byte[] key(byte[] ring, int place) {
    int from = place + HEAD_BYTES;
    return Arrays.copyOfRange(ring, from, from + keyLength(ring, place));
  }

  static byte[] value(byte[] ring, int place) {
    int length = (int) INT.get(ring, place + VALUE_LENGTH);
    if (length == ABSENT_LENGTH) {
      return RecordRing.ABSENT;
    }
    int from = valuePlace(ring, place);
    return Arrays.copyOfRange(ring, from, from + length);
  }

  /** In the order of unsigned bytes. */
  static int compareKeys(byte[] ring, int place, int otherPlace) {
    int from = place + HEAD_BYTES;
    int otherFrom = otherPlace + HEAD_BYTES;
    return Arrays.compareUnsigned(
        ring,
        from,
        from + keyLength(ring, place),
        ring,
        otherFrom,
        otherFrom + keyLength(ring, otherPlace));
  }

  /** The key's first two bytes as a number; keys of a smaller one come first. */
  static int prefix(byte[] key) {
    return prefix(key, 0, key.length);
  }

  static int prefix(byte[] ring, int place) {
    return prefix(ring, place + HEAD_BYTES, keyLength(ring, place));
  }

  private static int prefix(byte[] bytes, int from, int length) {
    int first = length > 0 ? bytes[from] & 0xFF : 0;
    int second = length > 1 ? bytes[from + 1] & 0xFF : 0;
    return first << 8 | second;
  }

  private static int valuePlace(byte[] ring, int place) {
    return place + HEAD_BYTES + keyLength(ring, place);
  }
}
