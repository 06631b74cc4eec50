package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Patience patience =
      new Patience(nanos::get, millis -> nanos.addAndGet(millis * 1_000_000));

  @Test
  void whatIsSoNeedsNoWaiting() throws InterruptedException {
    long before = nanos.get();
    assertThat(patience.until(() -> true, Duration.ZERO, 100)).isTrue();
    assertThat(nanos.get()).isEqualTo(before);
  }

  @Test
  void looksAreRepeatedUntilItIs() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    assertThat(patience.until(() -> looks.incrementAndGet() == 4, Duration.ofSeconds(1), 100))
        .isTrue();
    assertThat(looks).hasValue(4);
  }

  @Test
  void patienceEnds() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    assertThat(
            patience.until(
                () -> {
                  looks.incrementAndGet();
                  return false;
                },
                Duration.ofSeconds(1),
                100))
        .isFalse();
    assertThat(looks).hasValue(11);
  }
}
