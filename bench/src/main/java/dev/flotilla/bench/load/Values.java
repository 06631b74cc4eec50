package dev.flotilla.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Values of one length: the key's tag, then letters and digits cut from a random pool, so that
 * storage cannot compress them much and neither URLs nor JSON need escapes.
 */
public final class Values {

  private static final byte[] ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int MIN_POOL_BYTES = 64 << 10;

  private final int length;
  private final byte[] pool;
  private final SplittableRandom random;

  /**
   * @param length of every value, in bytes
   */
  public Values(int length, SplittableRandom random) {
    if (length < 0) {
      throw new IllegalArgumentException("a value is not shorter than nothing");
    }
    this.length = length;
    this.random = random;
    this.pool = new byte[Math.max(MIN_POOL_BYTES, 2 * length)];
    for (int i = 0; i < pool.length; i++) {
      pool[i] = ALPHABET[random.nextInt(ALPHABET.length)];
    }
  }

  public int length() {
    return length;
  }

  /** A new value for the key with this number. */
  public byte[] next(int keyIndex) {
    byte[] value = new byte[length];
    int from = random.nextInt(pool.length - length + 1);
    System.arraycopy(pool, from, value, 0, length);
    KeySpace.putTag(value, keyIndex);
    return value;
  }
}
