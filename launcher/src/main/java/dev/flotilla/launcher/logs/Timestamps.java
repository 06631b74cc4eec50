package dev.flotilla.launcher.logs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Finds the times at which lines were written. */
final class Timestamps {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_CHARS = 40;

  private Timestamps() {}

  /**
   * The time at the beginning of a line, or under {@code at} of a line that is a JSON object. Empty
   * for the lines of a stack trace and their like.
   */
  static Optional<Instant> timeOf(String line) {
    if (line.startsWith("{")) {
      try {
        return parse(JSON.readTree(line).path("at").asString(""));
      } catch (JacksonException e) {
        return Optional.empty();
      }
    }
    int end = line.indexOf(' ');
    return end < 0 ? Optional.empty() : parse(line.substring(0, Math.min(end, MOST_CHARS)));
  }

  private static Optional<Instant> parse(String text) {
    // Most lines without a time are those of stack traces: told apart without an exception.
    if (text.length() < 17 || text.charAt(4) != '-' || text.charAt(10) != 'T') {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
