package dev.flotilla.launcher.faults;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The first group's leadership on its way from one node to another.
 *
 * @param from who led
 * @param to who leads
 * @param nanos between the blow and the moment the new leader was seen
 */
record Takeover(int from, long oldTerm, int to, long newTerm, long nanos) {

  /** The specification's second, and what a machine may need that does other things too. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public String toString() {
    return "n"
        + to
        + " leads after "
        + TimeUnit.NANOSECONDS.toMillis(nanos)
        + " ms, term "
        + oldTerm
        + " -> "
        + newTerm;
  }
}
