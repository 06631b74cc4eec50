package dev.flotilla.bench.distribution;

/**
 * Generalized harmonic numbers: the sum of {@code i^-theta} for i from 1 to n, which normalizes a
 * zipfian law. The first terms are added up, the rest comes from the Euler-Maclaurin formula, so
 * that n may be large and may grow without adding up again; the error is far below 1e-12.
 */
final class HarmonicNumber {

  private static final int SUMMED = 1_000;

  private final double theta;
  private final double[] sums = new double[SUMMED + 1];

  /**
   * @param theta the exponent, between 0 and 1, neither of them
   */
  HarmonicNumber(double theta) {
    if (!(theta > 0 && theta < 1)) {
      throw new IllegalArgumentException("the exponent lies between 0 and 1, not " + theta);
    }
    this.theta = theta;
    for (int i = 1; i <= SUMMED; i++) {
      sums[i] = sums[i - 1] + Math.pow(i, -theta);
    }
  }

  double of(long n) {
    if (n <= SUMMED) {
      return sums[(int) n];
    }
    double from = SUMMED;
    double to = n;
    double integral = (Math.pow(to, 1 - theta) - Math.pow(from, 1 - theta)) / (1 - theta);
    double ends = (Math.pow(to, -theta) - Math.pow(from, -theta)) / 2;
    double slopes = theta * (Math.pow(from, -theta - 1) - Math.pow(to, -theta - 1)) / 12;
    return sums[SUMMED] + integral + ends + slopes;
  }
}
