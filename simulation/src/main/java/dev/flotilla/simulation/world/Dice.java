package dev.flotilla.simulation.world;

/**
 * Chance that does not depend on order: a number is a function of the seed and of what it is for,
 * so that taking one event out of a run does not move the others' luck.
 */
public final class Dice {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long seed;

  public Dice(long seed) {
    this.seed = mix(seed + GOLDEN);
  }

  /** The n-th roll for a purpose. */
  public long roll(long purpose, long n) {
    return mix(seed ^ mix(purpose * GOLDEN ^ mix(n + GOLDEN)));
  }

  /** A share of 0 up to 1 out of a roll. */
  public static double share(long roll) {
    return (roll >>> 11) * 0x1.0p-53;
  }

  /** Another roll out of a roll. */
  public static long again(long roll) {
    return mix(roll + GOLDEN);
  }

  /** From 0 up to the bound, which is excluded. */
  public static long below(long roll, long bound) {
    return bound <= 1 ? 0 : Long.remainderUnsigned(roll, bound);
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
