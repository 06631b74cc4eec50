package dev.flotilla.bench.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

  private static int[] counts(Distribution distribution, int count, int draws) {
    KeyChooser chooser = distribution.chooser(new SplittableRandom(3));
    int[] seen = new int[count];
    for (int i = 0; i < draws; i++) {
      seen[chooser.next(count)]++;
    }
    return seen;
  }

  @Test
  void uniformKeysComeEquallyOften() {
    assertThat(Arrays.stream(counts(Distribution.UNIFORM, 100, 100_000)))
        .allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void theHottestZipfianKeyGetsItsShareWhereverItLies() {
    int draws = 200_000;
    int[] seen = counts(Distribution.ZIPFIAN, 10_000, draws);
    int hottest = ScrambledZipfian.keyOf(0, 10_000);
    // One in 26.469 draws is the first of ten billion; a few of the others fall on the same key.
    assertThat(seen[hottest] / (double) draws).isCloseTo(1 / 26.469, within(0.003));
    assertThat(Arrays.stream(seen).max().orElseThrow()).isEqualTo(seen[hottest]);
  }

  @Test
  void hotZipfianKeysAreSpreadOverTheRange() {
    int[] hot = IntStream.range(0, 1_000).map(i -> ScrambledZipfian.keyOf(i, 10_000)).toArray();
    for (int tenth = 0; tenth < 10; tenth++) {
      int from = tenth * 1_000;
      assertThat(Arrays.stream(hot).filter(key -> key >= from && key < from + 1_000).count())
          .isBetween(60L, 140L);
    }
  }

  @Test
  void latestPrefersTheNewestAndFollowsThem() {
    int[] seen = counts(Distribution.LATEST, 1_000, 100_000);
    assertThat(seen[999]).isGreaterThan(seen[998]).isGreaterThan(10_000);
    assertThat(seen[998]).isGreaterThan(seen[900]);

    KeyChooser chooser = Distribution.LATEST.chooser(new SplittableRandom(3));
    int newest = 0;
    for (int count = 1_000; count < 3_000; count++) {
      newest += chooser.next(count) == count - 1 ? 1 : 0;
    }
    assertThat(newest / 2_000.0).isCloseTo(0.12, within(0.04));
  }

  @Test
  void theSameSeedDrawsTheSameKeys() {
    for (Distribution distribution : Distribution.values()) {
      KeyChooser one = distribution.chooser(new SplittableRandom(5));
      KeyChooser same = distribution.chooser(new SplittableRandom(5));
      KeyChooser other = distribution.chooser(new SplittableRandom(6));
      int[] first = IntStream.range(0, 50).map(_ -> one.next(5_000)).toArray();
      assertThat(IntStream.range(0, 50).map(_ -> same.next(5_000)).toArray()).isEqualTo(first);
      assertThat(IntStream.range(0, 50).map(_ -> other.next(5_000)).toArray()).isNotEqualTo(first);
    }
  }
}
