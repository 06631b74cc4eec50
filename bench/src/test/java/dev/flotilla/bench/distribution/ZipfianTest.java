package dev.flotilla.bench.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfianTest {

  private static final double THETA = 0.99;

  private static double sum(long count) {
    double result = 0;
    for (long i = 1; i <= count; i++) {
      result += Math.pow(i, -THETA);
    }
    return result;
  }

  @Test
  void harmonicNumbersAreTheSumsTheyStandFor() {
    HarmonicNumber harmonic = new HarmonicNumber(THETA);
    for (long count : new long[] {1, 2, 999, 1_000, 1_001, 50_000, 1_000_000}) {
      assertThat(harmonic.of(count)).isCloseTo(sum(count), within(1e-9));
    }
  }

  @Test
  void theHarmonicNumberOfTenBillionIsTheOneThatYcsbCarries() {
    assertThat(new HarmonicNumber(THETA).of(10_000_000_000L))
        .isCloseTo(26.46902820178302, within(1e-6));
  }

  @Test
  void numbersComeAsOftenAsTheLawSays() {
    int count = 1_000;
    int draws = 1_000_000;
    Zipfian zipfian = new Zipfian(THETA, new SplittableRandom(7));
    int[] seen = new int[count];
    for (int i = 0; i < draws; i++) {
      seen[(int) zipfian.next(count)]++;
    }
    double total = sum(count);
    // The first two are exact, the others by an approximation of the sum by an integral.
    assertThat(seen[0] / (double) draws).isCloseTo(1 / total, within(0.002));
    assertThat(seen[1] / (double) draws).isCloseTo(Math.pow(2, -THETA) / total, within(0.002));
    for (int from : new int[] {2, 10, 100, 500}) {
      int to = 2 * from;
      double expected = (sum(to) - sum(from)) / total;
      double real = 0;
      for (int i = from; i < to; i++) {
        real += seen[i];
      }
      assertThat(real / draws).isCloseTo(expected, within(0.15 * expected));
    }
  }

  @Test
  void aGrowingCountIsFollowed() {
    Zipfian zipfian = new Zipfian(THETA, new SplittableRandom(1));
    for (int count = 1; count < 3_000; count++) {
      assertThat(zipfian.next(count)).isBetween(0L, count - 1L);
    }
    assertThatThrownBy(() -> zipfian.next(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
