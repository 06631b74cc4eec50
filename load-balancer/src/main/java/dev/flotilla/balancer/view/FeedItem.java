package dev.flotilla.balancer.view;

import org.jspecify.annotations.Nullable;

/**
 * One line of the feed.
 *
 * @param id ascending, of this balancer
 * @param atMillis wall clock of whoever saw it
 * @param kind as in {@code leader}
 * @param group null = the whole node
 * @param node the node it is about; null = none in particular
 * @param term 0 = none
 * @param text one plain sentence
 */
public record FeedItem(
    long id,
    long atMillis,
    String kind,
    Severity severity,
    @Nullable String group,
    @Nullable String node,
    long term,
    String text) {

  /** How much it should worry whoever is on call. */
  public enum Severity {
    INFO("info"),
    WARN("warn"),
    BAD("bad");

    private final String text;

    Severity(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  FeedItem numbered(long number) {
    return new FeedItem(number, atMillis, kind, severity, group, node, term, text);
  }
}
