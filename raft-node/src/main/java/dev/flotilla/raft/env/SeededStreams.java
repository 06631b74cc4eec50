package dev.flotilla.raft.env;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Streams that are a function of one seed and their names: equal seeds draw equal numbers, on every
 * machine and in every run. Asking twice for a name starts the same stream anew.
 */
public final class SeededStreams implements RandomStreams {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final long seed;

  public SeededStreams(long seed) {
    this.seed = seed;
  }

  @Override
  public RandomGenerator stream(String name) {
    return new SplittableRandom(mix(seed ^ mix(hash(name))));
  }

  /**
   * FNV-1a over the characters: {@link String#hashCode} has only 32 bits, too few for many names.
   */
  private static long hash(String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3: neighbouring seeds give unrelated streams. */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
