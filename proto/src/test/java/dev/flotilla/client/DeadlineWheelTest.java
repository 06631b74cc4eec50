package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DeadlineWheelTest {
  private static final long TICK = 10;

  private final List<Named> expired = new ArrayList<>();
  // A start near the end of the counter's range: System.nanoTime may wrap.
  private final long start = Long.MAX_VALUE - 500;
  private final DeadlineWheel<Named> wheel = new DeadlineWheel<>(16, TICK, start);

  private static final class Named extends DeadlineWheel.Item {
    final long deadline;

    Named(long deadline) {
      this.deadline = deadline;
    }
  }

  @Test
  void anItemExpiresNotBeforeItsDeadlineAndAtMostOneTickAfter() {
    Named item = add(25);

    advance(29);
    assertThat(expired).isEmpty();

    advance(30);
    assertThat(expired).containsExactly(item);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void aDeadlineSeveralTurnsAwayWaitsForItsTurn() {
    Named far = add(16 * TICK * 3 + 50);
    Named near = add(50);

    advance(60);
    assertThat(expired).containsExactly(near);

    advance(16 * TICK * 3 + 40);
    assertThat(expired).containsExactly(near);

    advance(16 * TICK * 3 + 50);
    assertThat(expired).containsExactly(near, far);
  }

  @Test
  void aRemovedItemNeverExpires() {
    Named item = add(20);
    wheel.remove(item);
    wheel.remove(item);

    advance(1_000);

    assertThat(expired).isEmpty();
    assertThat(wheel.size()).isZero();
  }

  @Test
  void anItemIsOnTheWheelOnlyOnce() {
    Named item = add(20);

    assertThatThrownBy(() -> wheel.add(item, start + 30)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsForgottenAcrossLongPausesAndPastDeadlines() {
    SplittableRandom random = new SplittableRandom(7);
    long now = 0;
    int added = 0;
    for (int i = 0; i < 2_000; i++) {
      if (random.nextInt(3) > 0) {
        add(now - 20 + random.nextInt(900));
        added++;
      } else {
        now += random.nextInt(random.nextInt(10) == 0 ? 2_000 : 30);
        advance(now);
        long reached = start + now;
        assertThat(expired)
            .allSatisfy(item -> assertThat(item.deadline - reached).isLessThanOrEqualTo(0));
      }
    }
    advance(now + 2_000);

    assertThat(expired).hasSize(added).doesNotHaveDuplicates();
  }

  private Named add(long deadline) {
    Named item = new Named(start + deadline);
    wheel.add(item, start + deadline);
    return item;
  }

  private void advance(long now) {
    wheel.advance(start + now, expired::add);
  }
}
