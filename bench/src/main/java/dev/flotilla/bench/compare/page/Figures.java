package dev.flotilla.bench.compare.page;

import dev.flotilla.bench.compare.result.Spread;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers as a reader wants them: three digits that mean something. */
final class Figures {

  private Figures() {}

  /** A number of operations: 850, 9.43 k, 64.9 k. */
  static String count(double value) {
    if (value < 999.5) {
      return format("%.0f", value);
    }
    return format(value < 9_995 ? "%.2f k" : value < 99_950 ? "%.1f k" : "%.0f k", value / 1e3);
  }

  /** A round number at an axis: 0, 500, 20 k. */
  static String tick(double value) {
    return value < 1_000
        ? format("%.0f", value)
        : format("%s k", Double.toString(value / 1e3).replaceAll("\\.0$", ""));
  }

  /** Microseconds as milliseconds: 0.72, 3.9, 31. */
  static String millis(double micros) {
    double millis = micros / 1e3;
    return format(millis < 0.9995 ? "%.2f" : millis < 9.95 ? "%.1f" : "%.0f", millis);
  }

  /** Microseconds as they are: 8.4, 117. */
  static String micros(double micros) {
    return format(micros < 9.95 ? "%.1f" : "%.0f", micros);
  }

  /** A ratio: 0.34, 2.1, 12. */
  static String times(double ratio) {
    return format(ratio < 0.9995 ? "%.2f" : ratio < 9.95 ? "%.1f" : "%.0f", ratio);
  }

  /** The median, and the ends in brackets when they look different. */
  static String spread(Spread spread, DoubleFunction<String> text) {
    String median = text.apply(spread.median());
    String least = text.apply(spread.least());
    String most = text.apply(spread.most());
    return least.equals(most) ? median : median + " (" + least + "–" + most + ")";
  }

  private static String format(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }
}
