package dev.flotilla.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogMergeTest {
  /** Lines of one log, each as seconds and text. */
  private static List<LogLine> log(String name, String... lines) {
    List<LogLine> log = new ArrayList<>();
    for (String line : lines) {
      String[] parts = line.split(" ", 2);
      log.add(new LogLine(name, Instant.ofEpochSecond(Long.parseLong(parts[0])), parts[1]));
    }
    return log;
  }

  @SafeVarargs
  private static List<String> merged(List<LogLine>... logs) {
    return LogMerge.merge(List.of(logs)).stream().map(LogLine::text).toList();
  }

  @Test
  void linesStandByTime() {
    assertThat(merged(log("a", "1 a1", "4 a4"), log("b", "2 b2", "3 b3"), log("c", "5 c5")))
        .containsExactly("a1", "b2", "b3", "a4", "c5");
  }

  @Test
  void linesOfOneTimeStayWithTheirLog() {
    assertThat(merged(log("a", "1 a", "1 at x"), log("b", "1 b", "1 at y")))
        .containsExactly("a", "at x", "b", "at y");
  }

  @Test
  void aClockThatWasSetBackDoesNotTurnALogAround() {
    assertThat(merged(log("a", "10 first", "5 second", "11 third"), log("b", "7 b")))
        .containsExactly("b", "first", "second", "third");
  }

  @Test
  void nothingMergesToNothing() {
    assertThat(merged()).isEmpty();
    assertThat(merged(log("a"), log("b"))).isEmpty();
  }
}
