package dev.flotilla.slot;

/**
 * Keys to slots: CRC16/XMODEM of the key modulo 16384, as in the Redis Cluster specification, so
 * that existing cluster clients agree with us. When the key holds an opening brace followed later
 * by a closing one with something between them, only that something is hashed: keys with one tag
 * share a slot.
 */
public final class Slots {
  public static final int COUNT = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final short[] TABLE = table();

  private Slots() {}

  /** The slot of a key, 0..16383. */
  public static int of(byte[] key) {
    int open = indexOf(key, '{', 0);
    if (open >= 0) {
      int close = indexOf(key, '}', open + 1);
      if (close > open + 1) {
        return crc16(key, open + 1, close) % COUNT;
      }
    }
    return crc16(key, 0, key.length) % COUNT;
  }

  private static int indexOf(byte[] key, char wanted, int from) {
    for (int i = from; i < key.length; i++) {
      if (key[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static int crc16(byte[] bytes, int from, int to) {
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = ((crc << 8) & 0xFFFF) ^ (TABLE[((crc >>> 8) ^ bytes[i]) & 0xFF] & 0xFFFF);
    }
    return crc;
  }

  private static short[] table() {
    short[] table = new short[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      table[i] = (short) crc;
    }
    return table;
  }
}
