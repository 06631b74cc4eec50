package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes JSON as UTF-8 bytes, without a mapper, a tree or a string in between. Not thread-safe. */
final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int length;

  JsonBytes(int expectedBytes) {
    bytes = new byte[Math.max(64, expectedBytes)];
  }

  /** JSON text as it stands; ASCII only. */
  JsonBytes raw(String ascii) {
    int count = ascii.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  JsonBytes number(long value) {
    return raw(Long.toString(value));
  }

  /** A string in quotes. */
  JsonBytes string(String text) {
    raw("\"");
    return escaped(text.getBytes(StandardCharsets.UTF_8)).raw("\"");
  }

  /** The inside of a string, from UTF-8 that is known to be valid. */
  JsonBytes escaped(byte[] utf8) {
    reserve(utf8.length + 16);
    for (byte b : utf8) {
      escaped(b);
    }
    return this;
  }

  /** The inside of a string; what is no valid UTF-8 becomes U+FFFD, as JSON is text. */
  JsonBytes escaped(ByteString text) {
    if (!text.isValidUtf8()) {
      return escaped(text.toString(StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    }
    int count = text.size();
    reserve(count + 16);
    for (int i = 0; i < count; i++) {
      escaped(text.byteAt(i));
    }
    return this;
  }

  private void escaped(byte b) {
    if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
      reserve(6);
      bytes[length++] = '\\';
      switch (b) {
        case '"', '\\' -> bytes[length++] = b;
        case '\n' -> bytes[length++] = 'n';
        case '\r' -> bytes[length++] = 'r';
        case '\t' -> bytes[length++] = 't';
        default -> {
          bytes[length++] = 'u';
          bytes[length++] = '0';
          bytes[length++] = '0';
          bytes[length++] = HEX[b >> 4];
          bytes[length++] = HEX[b & 0xF];
        }
      }
    } else {
      if (length == bytes.length) {
        reserve(1);
      }
      bytes[length++] = b;
    }
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  /** The array written to, of which the first {@link #length()} bytes count. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
