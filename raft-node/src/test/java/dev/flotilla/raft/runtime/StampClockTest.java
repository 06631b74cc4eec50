package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.env.ManualClock;
import org.junit.jupiter.api.Test;

/** A group's time goes on evenly, whatever wall clocks do (H57). */
class StampClockTest {
  private static final long HOUR = 3_600_000;
  private static final long NOON = 1_000 * HOUR;

  private final ManualClock clock = new ManualClock();

  StampClockTest() {
    clock.jumpWallTo(NOON);
  }

  @Test
  void beginsWithTheWallClockWhereThereIsNoTimeYet() {
    assertThat(new StampClock(clock, 0).millis()).isEqualTo(NOON);
  }

  @Test
  void goesOnWhereTheLogsTimeStands() {
    assertThat(new StampClock(clock, NOON - 5 * HOUR).millis()).isEqualTo(NOON - 5 * HOUR);
  }

  @Test
  void aJumpOfTheWallClockMovesItByAnEighthOfTheTimeThatPasses() {
    StampClock stamps = new StampClock(clock, 0);
    clock.jumpWallTo(NOON + 1_000 * HOUR);

    clock.advanceMillis(8_000);

    assertThat(stamps.millis()).isEqualTo(NOON + 9_000);
  }

  @Test
  void goesOnWhileTheWallClockHasGoneBack() {
    StampClock stamps = new StampClock(clock, 0);
    clock.jumpWallTo(NOON - 1_000 * HOUR);

    clock.advanceMillis(8_000);

    assertThat(stamps.millis()).isEqualTo(NOON + 7_000);
  }

  @Test
  void isNeverBehindAStampSeenInTheLog() {
    StampClock stamps = new StampClock(clock, 0);

    stamps.note(NOON + HOUR);
    clock.advanceMillis(8_000);

    assertThat(stamps.millis()).isEqualTo(NOON + HOUR + 7_000);
  }

  @Test
  void agreesWithAWallClockThatDoesNotJump() {
    StampClock stamps = new StampClock(clock, 0);
    for (int i = 0; i < 1_000; i++) {
      clock.advanceMillis(1);
      assertThat(stamps.millis()).isEqualTo(NOON + i + 1);
    }
  }
}
