package dev.flotilla.bench.distribution;

import java.util.SplittableRandom;

/**
 * Keys as hot as the zipfian law says, with the hot ones spread over the whole range as YCSB
 * spreads them: a zipfian number out of ten billion is hashed (FNV-1a, 64 bits) onto the keys. So
 * the hottest key gets 3.8 % of the draws however many keys there are. Which ones are hot depends
 * on the count, so it should stay the same.
 */
final class ScrambledZipfian implements KeyChooser {

  private static final long ITEMS = 10_000_000_000L;
  private static final long FNV_OFFSET = 0xCBF2_9CE4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01B3L;

  private final Zipfian numbers;

  ScrambledZipfian(SplittableRandom random) {
    numbers = new Zipfian(Distribution.THETA, random);
  }

  @Override
  public int next(int count) {
    return keyOf(numbers.next(ITEMS), count);
  }

  /** Where the number of this rank lies among so many keys. */
  static int keyOf(long rank, int count) {
    return Math.floorMod(Math.abs(hash(rank)), count);
  }

  private static long hash(long number) {
    long hash = FNV_OFFSET;
    long rest = number;
    for (int i = 0; i < Long.BYTES; i++) {
      hash = (hash ^ (rest & 0xFF)) * FNV_PRIME;
      rest >>= 8;
    }
    return hash;
  }
}
