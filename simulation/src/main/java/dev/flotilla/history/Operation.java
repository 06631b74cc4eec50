package dev.flotilla.history;

import java.util.Locale;

/**
 * One operation of one client, retries included: attempts with the same (client, seq) are one
 * operation from the first call to the last answer.
 *
 * @param id its place in the order of calls; unique within a history
 * @param process one at a time: the operations of a process do not overlap, and an open one is its
 *     last
 * @param callNanos before the first byte left
 * @param returnNanos after the answer was understood; {@link #NEVER} when open
 */
public record Operation(
    int id,
    int process,
    String key,
    Action action,
    long callNanos,
    long returnNanos,
    Outcome outcome) {

  /** The return of an operation that is open. */
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    if (returnNanos < callNanos) {
      throw new IllegalArgumentException("an answer before its call: operation " + id);
    }
    if ((outcome instanceof Outcome.Open) != (returnNanos == NEVER)) {
      throw new IllegalArgumentException("open means without a return: operation " + id);
    }
  }

  boolean isOpen() {
    return outcome instanceof Outcome.Open;
  }

  /** The same with its answer forgotten, which allows whatever the answer allowed, and more. */
  Operation opened() {
    return new Operation(id, process, key, action, callNanos, NEVER, Outcome.OPEN);
  }

  /** One line for people; times in milliseconds since the given moment. */
  String describe(long originNanos) {
    String end =
        isOpen()
            ? "       ..."
            : String.format(Locale.ROOT, "%10.3f", (returnNanos - originNanos) / 1e6);
    String told =
        switch (outcome) {
          case Outcome.Ok ok -> " -> " + ok.answer();
          case Outcome.Refused _ -> " -> refused";
          case Outcome.Open _ -> " -> ?";
        };
    return String.format(
        Locale.ROOT,
        "%10.3f %s  process %-3d %s%s",
        (callNanos - originNanos) / 1e6,
        end,
        process,
        action,
        told);
  }
}
