package dev.flotilla.bench.ledger;

import java.time.Duration;

/** The pauses between the attempts of one operation, and the end of patience. */
final class RetryPace {

  private final Duration pause;
  private final long deadlineNanos;

  RetryPace(Duration pause, Duration giveUp) {
    this.pause = pause;
    this.deadlineNanos = System.nanoTime() + giveUp.toNanos();
  }

  /**
   * Pauses.
   *
   * @return whether another attempt may be made
   */
  boolean pause() throws InterruptedException {
    if (System.nanoTime() - deadlineNanos >= 0) {
      return false;
    }
    Thread.sleep(pause);
    return true;
  }
}
