package dev.flotilla.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of a run by number: {@code bench-0000000} and so on. The first characters of a key's
 * values are the key's number, so that a read can tell whether it got the value of another key.
 */
public final class KeySpace {

  /** Numbers of keys have seven digits; those inserted later may have eight. */
  public static final int MAX_KEYS = 10_000_000;

  private static final int KEY_DIGITS = 7;
  private static final int TAG_DIGITS = 8;

  private final byte[] prefix;
  private final int count;

  public KeySpace(String prefix, int count) {
    if (count < 1 || count > MAX_KEYS) {
      throw new IllegalArgumentException("between 1 and " + MAX_KEYS + " keys, not " + count);
    }
    this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
    this.count = count;
  }

  /** How many keys there are before any is inserted. */
  public int count() {
    return count;
  }

  /** What every key begins with. */
  public byte[] prefix() {
    return prefix;
  }

  /**
   * @param index from 0; from {@link #count} on for keys inserted later
   */
  public byte[] key(int index) {
    int digits = Math.max(KEY_DIGITS, digitsOf(index));
    byte[] key = Arrays.copyOf(prefix, prefix.length + digits);
    putDigits(key, prefix.length, digits, index);
    return key;
  }

  /** What every value of this key begins with, cut to the length of the values. */
  public static byte[] tag(int index, int valueBytes) {
    byte[] tag = new byte[Math.min(TAG_DIGITS, valueBytes)];
    putTag(tag, index);
    return tag;
  }

  /** Writes the key's tag over the beginning of the value. */
  static void putTag(byte[] value, int index) {
    int rest = index;
    for (int i = TAG_DIGITS - 1; i >= 0; i--) {
      if (i < value.length) {
        value[i] = (byte) ('0' + rest % 10);
      }
      rest /= 10;
    }
  }

  private static void putDigits(byte[] into, int from, int digits, int number) {
    int rest = number;
    for (int i = from + digits - 1; i >= from; i--) {
      into[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static int digitsOf(int number) {
    int digits = 1;
    for (int rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }
}
