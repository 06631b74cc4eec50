package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  @Test
  void pausesGrowToTheirBoundAndAreJittered() {
    Backoff backoff = new Backoff(1_000, 10_000, new SplittableRandom(1));

    assertThat(backoff.nextNanos()).isBetween(750L, 1_250L);
    assertThat(backoff.nextNanos()).isBetween(1_125L, 1_877L);
    long[] later = new long[100];
    for (int i = 0; i < later.length; i++) {
      later[i] = backoff.nextNanos();
      assertThat(later[i]).isLessThanOrEqualTo(12_500L);
    }
    assertThat(later[99]).isGreaterThanOrEqualTo(7_500L);
    assertThat(later[98]).isNotEqualTo(later[99]);
  }

  @Test
  void aSuccessStartsOverWithTheShortestPause() {
    Backoff backoff = new Backoff(1_000, 10_000, new SplittableRandom(1));
    for (int i = 0; i < 10; i++) {
      backoff.nextNanos();
    }

    backoff.reset();

    assertThat(backoff.nextNanos()).isLessThanOrEqualTo(1_250L);
  }
}
