package dev.flotilla.bench.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A byte array that grows, used again for every request of a connection. */
public final class ByteWriter {

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final boolean[] UNESCAPED = unescaped();

  private byte[] bytes;
  private int length;

  public ByteWriter(int initialCapacity) {
    bytes = new byte[initialCapacity];
  }

  public ByteWriter clear() {
    length = 0;
    return this;
  }

  public ByteWriter append(byte[] source) {
    reserve(source.length);
    System.arraycopy(source, 0, bytes, length, source.length);
    length += source.length;
    return this;
  }

  public ByteWriter appendAscii(String text) {
    return append(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends a number that is not negative, in decimal digits. */
  public ByteWriter appendNumber(int number) {
    reserve(10);
    int digits = 1;
    for (int rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    int rest = number;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Appends the bytes in the escapes of {@code application/x-www-form-urlencoded}. */
  public ByteWriter appendFormEscaped(byte[] source) {
    reserve(3 * source.length);
    for (byte b : source) {
      if (UNESCAPED[b & 0xFF]) {
        bytes[length++] = b;
      } else {
        bytes[length++] = '%';
        bytes[length++] = HEX[(b >> 4) & 0xF];
        bytes[length++] = HEX[b & 0xF];
      }
    }
    return this;
  }

  /** How many bytes {@link #appendFormEscaped} would append. */
  public static int formEscapedLength(byte[] source) {
    int result = 0;
    for (byte b : source) {
      result += UNESCAPED[b & 0xFF] ? 1 : 3;
    }
    return result;
  }

  public int length() {
    return length;
  }

  /** A view of what was written; valid until the next change. */
  public ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
    }
  }

  private static boolean[] unescaped() {
    boolean[] result = new boolean[256];
    for (char c = 'a'; c <= 'z'; c++) {
      result[c] = true;
      result[c - 'a' + 'A'] = true;
    }
    for (char c = '0'; c <= '9'; c++) {
      result[c] = true;
    }
    for (char c : new char[] {'-', '_', '.', '*'}) {
      result[c] = true;
    }
    return result;
  }
}
