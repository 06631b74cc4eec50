package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Adds to a counter by reading it and setting it on the condition that it has not changed, again if
 * it has. Only a condition that failed is a reason to try again: then it is certain that nothing
 * happened. Whatever else goes wrong ends the loop.
 */
final class CounterLoop {
  static final int MOST_TRIES = 64;

  private static final int LONGEST_PAUSE_MILLIS = 64;

  /** One key. */
  interface Cell {
    /** Empty when the key is absent. */
    Optional<KvClient.Answer> read();

    /**
     * Sets the key if it still is as it was seen, or absent.
     *
     * @return empty when it is not, and nothing happened
     */
    Optional<KvClient.Answer> write(long value, Optional<KvClient.Answer> seen);
  }

  /** Waits so that two who collide do not do so again and again. */
  interface Pause {
    void after(int conflicts) throws InterruptedException;
  }

  /**
   * @param written the answer to the write that did it
   * @param tries how often it was tried
   */
  record Sum(long value, KvClient.Answer written, int tries) {}

  private final String key;
  private final Cell cell;
  private final Pause pause;

  CounterLoop(String key, Cell cell, Pause pause) {
    this.key = key;
    this.cell = cell;
    this.pause = pause;
  }

  /**
   * @throws Failure when the value does not count, or the sum does not fit, or others were quicker
   *     every time
   */
  Sum add(long by) throws InterruptedException {
    for (int tries = 1; tries <= MOST_TRIES; tries++) {
      if (tries > 1) {
        pause.after(tries - 1);
      }
      Optional<KvClient.Answer> seen = cell.read();
      long sum = seen.isEmpty() ? by : sum(seen.get().body(), by);
      Optional<KvClient.Answer> written = cell.write(sum, seen);
      if (written.isPresent()) {
        return new Sum(sum, written.get(), tries);
      }
    }
    throw new Failure(
        ExitCode.COMPARE_FAILED,
        "Others changed "
            + key
            + " in between, "
            + MOST_TRIES
            + " times in a row. This command changed nothing.",
        "Try again, or have fewer count on this key.");
  }

  private long sum(byte[] value, long by) {
    OptionalLong counted = DecimalCounter.parse(value);
    if (counted.isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          "The value of " + key + " does not count: it is no whole number of 64 bits in decimal.",
          "Look at it with: flotilla get " + key);
    }
    OptionalLong sum = DecimalCounter.sum(counted.getAsLong(), by);
    if (sum.isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          key
              + " is "
              + counted.getAsLong()
              + "; with "
              + by
              + " added it would not fit into 64 bits. It was left as it is.",
          "");
    }
    return sum.getAsLong();
  }

  /**
   * How long to wait after so many conflicts in a row, milliseconds: something up to a bound that
   * doubles.
   */
  static int pauseMillis(int conflicts, RandomGenerator random) {
    int bound = conflicts >= 6 ? LONGEST_PAUSE_MILLIS : 1 << Math.max(0, conflicts);
    return random.nextInt(bound) + 1;
  }
}
