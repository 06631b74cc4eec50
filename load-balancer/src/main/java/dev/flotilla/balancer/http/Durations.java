package dev.flotilla.balancer.http;

import java.util.OptionalLong;

/** Reads durations such as {@code 30s}: a whole number and one of ms, s, m, h, d. */
final class Durations {
  private static final int MOST_DIGITS = 15;
  private static final long MOST_MILLIS = 1L << 53;

  private Durations() {}

  /**
   * Milliseconds, 1 or more; empty when the text is not one or too long ago or ahead to be meant.
   */
  static OptionalLong parseMillis(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > MOST_DIGITS) {
      return OptionalLong.empty();
    }
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1L;
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          default -> 0L;
        };
    long count = Long.parseLong(text, 0, digits, 10);
    if (unit == 0 || count == 0 || count > MOST_MILLIS / unit) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(count * unit);
  }
}
