package dev.flotilla.kv;

/**
 * Takes a record apart. What does not parse is damage the checksums below did not see: it stops the
 * replica (H30).
 */
final class RecordReader {
  private final byte[] bytes;
  private int position;

  RecordReader(byte[] bytes, int expectedVersion) {
    this.bytes = bytes;
    int version = readByte();
    if (version != expectedVersion) {
      throw new IllegalStateException("a stored record has the unknown version " + version);
    }
  }

  int readByte() {
    if (position >= bytes.length) {
      throw new IllegalStateException("a stored record is cut short");
    }
    return bytes[position++] & 0xFF;
  }

  long readNumber() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int group = readByte();
      value |= (long) (group & 0x7F) << shift;
      if (group < 0x80) {
        return value;
      }
    }
    throw new IllegalStateException("a stored record holds a number of more than 63 bits");
  }

  int readInt() {
    return Math.toIntExact(readNumber());
  }

  long readFixedLong() {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | readByte();
    }
    return value;
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position == bytes.length;
  }
}
