package dev.flotilla.balancer.http;

import java.util.Arrays;

/** Percent-decoding to bytes. */
final class PercentCoding {
  private PercentCoding() {}

  /**
   * Decodes {@code bytes[from, to)}.
   *
   * @param plusIsSpace as in forms and query strings
   * @throws ApiException 400 when a percent sign is not followed by two hex digits
   */
  static byte[] decode(byte[] bytes, int from, int to, boolean plusIsSpace) {
    byte[] decoded = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '%') {
        int high = i + 2 < to ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < to ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw ApiException.badRequest("a percent sign must be followed by two hex digits");
        }
        decoded[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        decoded[length++] = plusIsSpace && b == '+' ? (byte) ' ' : b;
      }
    }
    return length == decoded.length ? decoded : Arrays.copyOf(decoded, length);
  }
}
