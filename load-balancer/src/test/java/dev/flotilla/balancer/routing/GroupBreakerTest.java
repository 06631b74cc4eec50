package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GroupBreakerTest {
  private static final long LONG_WAIT = Duration.ofSeconds(5).toNanos();
  private static final long MOMENT = Duration.ofMillis(1).toNanos();

  private final RouterOptions options = RouterOptions.defaults();
  private long nowNanos = 1;
  private GroupBreaker breaker;

  @BeforeEach
  void openIt() {
    breaker = new GroupBreaker("g1", options, () -> nowNanos);
    for (int i = 0; i < options.breakerWindow(); i++) {
      if (breaker.permits()) {
        breaker.failed(LONG_WAIT);
      }
    }
  }

  @Test
  void anOpenBreakerRefusesUntilItsTimeIsOver() {
    assertThat(breaker.permits()).isFalse();
    pass(options.breakerOpen());
    assertThat(breaker.permits()).isTrue();
  }

  @Test
  void aHandfulOfProbesAreLetThroughAndNoMore() {
    pass(options.breakerOpen());
    assertThat(permitted(100)).isEqualTo(4);
  }

  /** Simulator: requests to a group that had healed were refused until four lost probes expired. */
  @Test
  void probesThatHangDoNotKeepTheBreakerFromFindingTheGroupWell() {
    pass(options.breakerOpen());
    permitted(100);
    pass(options.breakerOpen());
    assertThat(permitted(100)).as("one more each time").isEqualTo(1);
    breaker.succeeded(MOMENT);
    assertThat(permitted(100)).isEqualTo(100);
  }

  @Test
  void aFailoverIsNoReasonToRefuse() {
    GroupBreaker closed = new GroupBreaker("g1", options, () -> nowNanos);
    for (int i = 0; i < options.breakerWindow(); i++) {
      assertThat(closed.permits()).isTrue();
      closed.failed(options.breakerPatience().toNanos() - 1);
    }
    assertThat(closed.permits()).isTrue();
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos() + 1;
  }

  private int permitted(int asked) {
    int permitted = 0;
    for (int i = 0; i < asked; i++) {
      permitted += breaker.permits() ? 1 : 0;
    }
    return permitted;
  }
}
