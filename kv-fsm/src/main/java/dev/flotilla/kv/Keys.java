package dev.flotilla.kv;

import com.google.protobuf.ByteString;

/** Builds and reads engine keys; {@link RecordFormat} describes them. */
final class Keys {
  /** Pseudo-slot of the expiry index. */
  static final int EXPIRY = 0xFFFE;

  /** Pseudo-slot of what belongs to the whole group. */
  static final int GROUP = 0xFFFF;

  static final int TYPE_SLOT = 0x00;
  static final int TYPE_SESSION = 0x10;
  static final int TYPE_DATA = 0x20;

  /** Slot and type. */
  static final int HEAD_BYTES = 3;

  static final byte[] HEADER = head(GROUP, 0x00, HEAD_BYTES);
  static final byte[] SLOT_TABLE = head(GROUP, 0x01, HEAD_BYTES);

  private Keys() {}

  static byte[] slot(int slot) {
    return head(slot, TYPE_SLOT, HEAD_BYTES);
  }

  static byte[] session(int slot, long clientHigh, long clientLow) {
    byte[] key = head(slot, TYPE_SESSION, HEAD_BYTES + 16);
    putLong(key, HEAD_BYTES, clientHigh);
    putLong(key, HEAD_BYTES + 8, clientLow);
    return key;
  }

  static byte[] data(int slot, ByteString userKey) {
    byte[] key = head(slot, TYPE_DATA, HEAD_BYTES + userKey.size());
    userKey.copyTo(key, HEAD_BYTES);
    return key;
  }

  /** The first key after that of {@code userKey}. */
  static byte[] afterData(int slot, ByteString userKey) {
    byte[] key = head(slot, TYPE_DATA, HEAD_BYTES + userKey.size() + 1);
    userKey.copyTo(key, HEAD_BYTES);
    return key;
  }

  /** The expiry index entry of a record. */
  static byte[] expiry(long atMillis, byte[] recordKey) {
    byte[] key = new byte[10 + recordKey.length];
    putSlot(key, EXPIRY);
    putLong(key, 2, atMillis);
    System.arraycopy(recordKey, 0, key, 10, recordKey.length);
    return key;
  }

  /** Where index entries due at a time or later begin. */
  static byte[] expiryFrom(long atMillis) {
    return expiry(atMillis, new byte[0]);
  }

  static long expiryMillis(byte[] indexKey) {
    return getLong(indexKey, 2);
  }

  static byte[] expiringRecord(byte[] indexKey) {
    byte[] key = new byte[indexKey.length - 10];
    System.arraycopy(indexKey, 10, key, 0, key.length);
    return key;
  }

  static int slotOf(byte[] key) {
    return (key[0] & 0xFF) << 8 | (key[1] & 0xFF);
  }

  static int typeOf(byte[] key) {
    return key[2] & 0xFF;
  }

  static int userKeyBytes(byte[] dataKey) {
    return dataKey.length - HEAD_BYTES;
  }

  static void putLong(byte[] into, int at, long value) {
    for (int i = 0; i < 8; i++) {
      into[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  private static long getLong(byte[] from, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (from[at + i] & 0xFF);
    }
    return value;
  }

  private static byte[] head(int slot, int type, int length) {
    byte[] key = new byte[length];
    putSlot(key, slot);
    key[2] = (byte) type;
    return key;
  }

  private static void putSlot(byte[] key, int slot) {
    key[0] = (byte) (slot >>> 8);
    key[1] = (byte) slot;
  }
}
