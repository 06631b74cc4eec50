package dev.flotilla.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of a run, made once: {@code bench-0000000} and so on. The first characters of a key's
 * values are the key's number, so that a read can tell whether it got the value of another key.
 */
public final class KeySpace {

  /** Keys are held in memory; so many take some 60 MB. */
  public static final int MAX_KEYS = 1_000_000;

  private static final int TAG_CHARS = 8;

  private final byte[][] keys;

  public KeySpace(String prefix, int count) {
    if (count < 1 || count > MAX_KEYS) {
      throw new IllegalArgumentException("between 1 and " + MAX_KEYS + " keys, not " + count);
    }
    keys = new byte[count][];
    for (int i = 0; i < count; i++) {
      keys[i] = ascii(prefix + padded(i, 7));
    }
  }

  public int count() {
    return keys.length;
  }

  public byte[] key(int index) {
    return keys[index];
  }

  /** What every value of this key begins with, cut to the length of the values. */
  public static byte[] tag(int index, int valueBytes) {
    return Arrays.copyOf(ascii(padded(index, TAG_CHARS)), Math.min(TAG_CHARS, valueBytes));
  }

  private static String padded(int number, int width) {
    String digits = Integer.toString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
