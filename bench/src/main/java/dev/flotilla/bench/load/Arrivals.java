package dev.flotilla.bench.load;

import java.util.SplittableRandom;

/** How operations that come at a rate are spread in time. */
public enum Arrivals {
  /** At equal distances. */
  FIXED,
  /**
   * Independent of each other, as those of many users are: distances follow the exponential law.
   */
  POISSON;

  /** The time from one operation to the next, in nanoseconds, of which the mean is given. */
  double gapNanos(double meanNanos, SplittableRandom random) {
    return switch (this) {
      case FIXED -> meanNanos;
      // 1 - u lies in (0, 1], which has a logarithm.
      case POISSON -> -meanNanos * Math.log(1 - random.nextDouble());
    };
  }
}
