package dev.flotilla.balancer.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields {@code key} and {@code request} of a form body, decoded to bytes; null where missing.
 * Of a field given twice the first counts, other fields are ignored.
 */
record FormFields(byte @Nullable [] key, byte @Nullable [] request) {
  private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REQUEST = "request".getBytes(StandardCharsets.US_ASCII);

  /**
   * @throws ApiException 400 when the body is not well-formed
   */
  static FormFields parse(byte[] body) {
    byte[] key = null;
    byte[] request = null;
    int from = 0;
    while (from <= body.length) {
      int to = indexOf(body, (byte) '&', from, body.length);
      int equals = indexOf(body, (byte) '=', from, to);
      if (equals < to) {
        if (key == null && nameIs(body, from, equals, KEY)) {
          key = PercentCoding.decode(body, equals + 1, to, true);
        } else if (request == null && nameIs(body, from, equals, REQUEST)) {
          request = PercentCoding.decode(body, equals + 1, to, true);
        }
      }
      from = to + 1;
    }
    return new FormFields(key, request);
  }

  private static boolean nameIs(byte[] body, int from, int to, byte[] name) {
    return java.util.Arrays.equals(body, from, to, name, 0, name.length);
  }

  /** The position of a byte, or {@code to} when it is not there. */
  static int indexOf(byte[] bytes, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return to;
  }
}
