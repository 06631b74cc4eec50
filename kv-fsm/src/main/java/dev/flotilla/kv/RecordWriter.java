package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/** Builds a record: bytes, and non-negative numbers in base 128, low groups first. */
final class RecordWriter {
  private byte[] bytes;
  private int length;

  RecordWriter(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  RecordWriter writeByte(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  RecordWriter writeNumber(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative number " + value);
    }
    reserve(sizeOf(value));
    long rest = value;
    while (rest > 0x7F) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  RecordWriter writeFixedLong(long value) {
    reserve(8);
    Keys.putLong(bytes, length, value);
    length += 8;
    return this;
  }

  RecordWriter writeBytes(ByteString value) {
    reserve(value.size());
    value.copyTo(bytes, length);
    length += value.size();
    return this;
  }

  byte[] toArray() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  /** How many bytes {@link #writeNumber} takes. */
  static int sizeOf(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
