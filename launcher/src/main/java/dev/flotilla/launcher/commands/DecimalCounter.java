package dev.flotilla.launcher.commands;

import java.util.OptionalLong;

/** Values that count: whole numbers of 64 bits in decimal, as text. */
final class DecimalCounter {
  private static final int MOST_DIGITS = 19;

  private DecimalCounter() {}

  /**
   * Reads an optional minus and digits, and nothing else: no blanks, no plus, no line end. Empty
   * when the value is something else, or too large.
   */
  static OptionalLong parse(byte[] value) {
    boolean negative = value.length > 0 && value[0] == '-';
    int from = negative ? 1 : 0;
    int digits = value.length - from;
    if (digits < 1 || digits > MOST_DIGITS) {
      return OptionalLong.empty();
    }
    // Downwards, because the least number has no counterpart above zero.
    long number = 0;
    for (int i = from; i < value.length; i++) {
      int digit = value[i] - '0';
      if (digit < 0 || digit > 9 || number < (Long.MIN_VALUE + digit) / 10) {
        return OptionalLong.empty();
      }
      number = number * 10 - digit;
    }
    if (!negative && number == Long.MIN_VALUE) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(negative ? number : -number);
  }

  /** Empty when the sum does not fit. */
  static OptionalLong sum(long one, long other) {
    long sum = one + other;
    boolean overflow = ((one ^ sum) & (other ^ sum)) < 0;
    return overflow ? OptionalLong.empty() : OptionalLong.of(sum);
  }
}
