package dev.flotilla.launcher.observability;

import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of metrics: those a PromQL expression asks for, and those a scrape brings.
 *
 * <p>An expression is read word by word. What is left when texts, numbers, ranges, matchers, lists
 * of labels, operators and functions are gone are names. It need not be valid: promtool judges
 * that.
 */
final class MetricNames {
  /** A list of labels in parentheses may follow them. */
  private static final Set<String> BEFORE_LABELS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

  /** Operators, and aggregations, which need not stand right before a parenthesis. */
  private static final Set<String> WORDS =
      Set.of(
          "and",
          "or",
          "unless",
          "atan2",
          "bool",
          "offset",
          "inf",
          "nan",
          "sum",
          "avg",
          "min",
          "max",
          "count",
          "group",
          "stddev",
          "stdvar",
          "topk",
          "bottomk",
          "quantile",
          "count_values");

  private final String text;
  private final SortedSet<String> names = new TreeSet<>();
  private int at;

  private MetricNames(String text) {
    this.text = text;
  }

  /** Every metric that the expression selects, recorded ones included. */
  static SortedSet<String> ofExpression(String expression) {
    MetricNames names = new MetricNames(expression);
    names.read();
    return names.names;
  }

  /** Every name in Prometheus' text format; of a histogram, those of its buckets, count and sum. */
  static SortedSet<String> ofScrape(String scrape) {
    SortedSet<String> names = new TreeSet<>();
    scrape
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(line -> names.add(line.substring(0, endOfName(line))));
    return names;
  }

  private static int endOfName(String line) {
    int end = 0;
    while (end < line.length() && isNamePart(line.charAt(end))) {
      end++;
    }
    return end;
  }

  private void read() {
    while (at < text.length()) {
      char next = text.charAt(at);
      switch (next) {
        case '"', '\'', '`' -> skipText(next);
        case '{' -> skipTo('}');
        case '[' -> skipTo(']');
        case '#' -> skipLine();
        case '$' -> skipVariable();
        default -> {
          if (isDigit(next)) {
            skipNumber();
          } else if (isNamePart(next)) {
            word();
          } else {
            at++;
          }
        }
      }
    }
  }

  private void word() {
    int start = at;
    at += endOfName(text.substring(at));
    String word = text.substring(start, at);
    String lower = word.toLowerCase(Locale.ROOT);
    boolean opens = afterSpace() == '(';
    if (BEFORE_LABELS.contains(lower)) {
      if (opens) {
        skipTo(')');
      }
    } else if (!opens && !WORDS.contains(lower)) {
      names.add(word);
    }
  }

  /** The next character that is no space; a space at the end. */
  private char afterSpace() {
    int ahead = at;
    while (ahead < text.length() && Character.isWhitespace(text.charAt(ahead))) {
      ahead++;
    }
    return ahead < text.length() ? text.charAt(ahead) : ' ';
  }

  /** Texts inside may hold the closing character. */
  private void skipTo(char closing) {
    while (at < text.length() && text.charAt(at) != closing) {
      char next = text.charAt(at);
      if (next == '"' || next == '\'' || next == '`') {
        skipText(next);
      } else {
        at++;
      }
    }
    at++;
  }

  private void skipText(char quote) {
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      at += text.charAt(at) == '\\' && quote != '`' ? 2 : 1;
    }
    at++;
  }

  private void skipLine() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  /** {@code $name} or <code>${name}</code>, a variable of a dashboard. */
  private void skipVariable() {
    at++;
    if (at < text.length() && text.charAt(at) == '{') {
      skipTo('}');
    } else {
      at += endOfName(text.substring(at));
    }
  }

  /** Durations too. */
  private void skipNumber() {
    while (at < text.length() && (isNamePart(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNamePart(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  }
}
