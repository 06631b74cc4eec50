package dev.flotilla.bench.compare.result;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing to measure of a system.
 *
 * @param shape how the clients are made, by its name in the line-up
 * @param outstanding operations under way at any time
 */
public record Cell(String shape, Work work, int outstanding) {

  private static final Pattern TEXT = Pattern.compile("([a-z0-9-]+):(set|get):([1-9][0-9]{0,4})");

  /** What is done, again and again. */
  public enum Work {
    SET,
    GET;

    private static Work of(String word) {
      return word.equals("set") ? SET : GET;
    }

    /** The name in lower case. */
    public String word() {
      return this == SET ? "set" : "get";
    }
  }

  /** Reads what {@link #text} writes. */
  public static Cell parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a cell looks like shape:set:64, not " + text);
    }
    return new Cell(
        matcher.group(1), Work.of(matcher.group(2)), Integer.parseInt(matcher.group(3)));
  }

  /** As an argument of the client process. */
  public String text() {
    return shape + ":" + work.word() + ":" + outstanding;
  }
}
