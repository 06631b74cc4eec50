package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * What a load generator wants to know of a list of keys, found without building a JSON tree: that
 * every key has the prefix asked for, how many there are, and where the next page begins.
 *
 * @param keys how many
 * @param cursor null at the end
 */
record ListBody(int keys, @Nullable String cursor) {

  private static final byte[] START = "{\"keys\":[".getBytes(US_ASCII);
  private static final byte[] KEY = "{\"key\":\"".getBytes(US_ASCII);
  private static final byte[] CURSOR = "],\"cursor\":".getBytes(US_ASCII);
  private static final byte[] NULL = "null}".getBytes(US_ASCII);

  /**
   * Reads the body at {@code buffer[from, to)}. Keys must be text without characters that JSON
   * escapes.
   *
   * @return null when it is of another shape, or a key lacks the prefix
   */
  static @Nullable ListBody parse(byte[] buffer, int from, int to, byte[] prefix) {
    if (!startsWith(buffer, from, to, START)) {
      return null;
    }
    int at = from + START.length;
    int keys = 0;
    while (startsWith(buffer, at, to, KEY)) {
      if (!startsWith(buffer, at + KEY.length, to, prefix)) {
        return null;
      }
      keys++;
      at = indexOf(buffer, at, to, '}') + 1;
      if (at == 0) {
        return null;
      }
      if (at < to && buffer[at] == ',') {
        at++;
      }
    }
    if (!startsWith(buffer, at, to, CURSOR)) {
      return null;
    }
    at += CURSOR.length;
    if (startsWith(buffer, at, to, NULL)) {
      return new ListBody(keys, null);
    }
    int end = indexOf(buffer, at + 1, to, '"');
    return end < 0 || buffer[at] != '"'
        ? null
        : new ListBody(keys, new String(buffer, at + 1, end - at - 1, US_ASCII));
  }

  static boolean startsWith(byte[] buffer, int from, int to, byte[] expected) {
    if (to - from < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (buffer[from + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(byte[] buffer, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
