package dev.flotilla.bench.distribution;

import java.util.SplittableRandom;

/**
 * Numbers from 0 up, of which i is drawn in proportion to {@code 1 / (i + 1)^theta}, in constant
 * time. The method of Gray, Sundaresan, Englert, Baclawski and Weinberger, "Quickly generating
 * billion-record synthetic databases", SIGMOD 1994: the first two numbers exactly, the others by
 * inverting an integral that approximates the sum.
 */
public final class Zipfian {

  private final double theta;
  private final double alpha;
  private final double headOfTwo;
  private final HarmonicNumber harmonic;
  private final SplittableRandom random;

  // Of the count drawn from last; a growing count costs a few powers, not a new sum.
  private long knownCount;
  private double total;
  private double eta;

  /**
   * @param theta the skew, between 0 and 1
   */
  public Zipfian(double theta, SplittableRandom random) {
    this.theta = theta;
    this.alpha = 1 / (1 - theta);
    this.headOfTwo = 1 + Math.pow(0.5, theta);
    this.harmonic = new HarmonicNumber(theta);
    this.random = random;
  }

  /**
   * @param count how many numbers there are, 1 or more
   */
  public long next(long count) {
    if (count != knownCount) {
      learn(count);
    }
    double draw = random.nextDouble();
    double scaled = draw * total;
    if (scaled < 1 || count == 1) {
      return 0;
    }
    if (scaled < headOfTwo) {
      return 1;
    }
    long number = (long) (count * Math.pow(eta * draw - eta + 1, alpha));
    // Rounding may reach the end, which is not in the range.
    return Math.min(number, count - 1);
  }

  private void learn(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("nothing to draw from");
    }
    knownCount = count;
    total = harmonic.of(count);
    eta = (1 - Math.pow(2.0 / count, 1 - theta)) / (1 - headOfTwo / total);
  }
}
