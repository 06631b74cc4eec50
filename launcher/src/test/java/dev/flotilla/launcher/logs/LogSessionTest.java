package dev.flotilla.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSessionTest {
  @TempDir Path temp;

  private LogDirectory logs;
  private final List<LogSession> sessions = new ArrayList<>();

  @BeforeEach
  void makeFolder() throws IOException {
    logs = new LogDirectory(temp);
    Files.createDirectories(logs.path());
  }

  @AfterEach
  void closeSessions() throws IOException {
    for (LogSession session : sessions) {
      session.close();
    }
  }

  private LogSession session(Predicate<String> wanted) {
    LogSession session = new LogSession(logs::logs, wanted);
    sessions.add(session);
    return session;
  }

  private LogSession session() {
    return session(line -> true);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(
        logs.path().resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String at(int second, String text) {
    return String.format("2026-11-21T14:55:%02d.000Z %s\n", second, text);
  }

  private static List<String> texts(List<LogLine> lines) {
    return lines.stream()
        .map(line -> line.source() + ": " + line.text().substring(line.text().indexOf(' ') + 1))
        .toList();
  }

  @Test
  void theLastLinesOfAllLogsStandByTime() throws IOException {
    write("n1.log", at(1, "one") + at(4, "four"));
    write("n2.log", at(2, "two") + at(3, "three"));
    write("n1.out", at(9, "not a log"));
    write("n1.audit.jsonl", "{}\n");
    assertThat(texts(session().tail(3, false).lines()))
        .containsExactly("n2: two", "n2: three", "n1: four");
  }

  @Test
  void aStackTraceStaysWithItsLine() throws IOException {
    write("n1.log", at(1, "failed") + "java.io.IOException: x\n\tat y\n" + at(5, "later"));
    write("n2.log", at(3, "between"));
    assertThat(texts(session().tail(10, false).lines()))
        .containsExactly("n1: failed", "n1: x", "n1: y", "n2: between", "n1: later");
  }

  @Test
  void linesAreFoundByTheirTextAndKeepTheirTime() throws IOException {
    write("n1.log", at(1, "failed") + "\tat y.here\n" + at(6, "ok"));
    write("n2.log", at(3, "here too") + at(4, "not"));
    assertThat(session(line -> line.contains("here")).tail(10, false).lines())
        .extracting(LogLine::text)
        .containsExactly("\tat y.here", "2026-11-21T14:55:03.000Z here too");
  }

  @Test
  void olderFilesAreReadWhenTheNewestIsShort() throws IOException {
    write("n1.2.log", at(1, "oldest"));
    write("n1.1.log", at(2, "older"));
    write("n1.log", at(3, "newest"));
    assertThat(texts(session().tail(2, false).lines())).containsExactly("n1: older", "n1: newest");
    assertThat(texts(session().tail(9, false).lines()))
        .containsExactly("n1: oldest", "n1: older", "n1: newest");
  }

  @Test
  void whatIsAddedComesOnceAndComplete() throws IOException {
    write("n1.log", at(1, "before") + "2026-11-21T14:55:02.000Z ha");
    LogSession session = session();
    assertThat(texts(session.tail(10, true).lines())).containsExactly("n1: before");
    assertThat(session.poll()).isEmpty();
    write("n1.log", "lf\n" + at(3, "after"));
    assertThat(texts(session.poll())).containsExactly("n1: half", "n1: after");
    assertThat(session.poll()).isEmpty();
  }

  @Test
  void linesOnlyHalfWrittenAreShownWhenNobodyFollows() throws IOException {
    write("n1.log", at(1, "before") + "2026-11-21T14:55:02.000Z ha");
    assertThat(texts(session().tail(10, false).lines())).containsExactly("n1: before", "n1: ha");
  }

  @Test
  void followingGoesThroughARotation() throws IOException {
    write("n1.log", at(1, "before"));
    LogSession session = session();
    session.tail(10, true);
    write("n1.log", at(2, "last of the old"));
    Files.move(logs.path().resolve("n1.log"), logs.path().resolve("n1.1.log"));
    write("n1.log", at(3, "first of the new"));
    List<LogLine> news = new ArrayList<>(session.poll());
    news.addAll(session.poll());
    assertThat(texts(news)).containsExactly("n1: last of the old", "n1: first of the new");
    write("n1.log", at(4, "next"));
    assertThat(texts(session.poll())).containsExactly("n1: next");
  }

  @Test
  void aFileThatIsGoneIsWaitedFor() throws IOException {
    write("n1.log", at(1, "before"));
    LogSession session = session();
    session.tail(10, true);
    Files.delete(logs.path().resolve("n1.log"));
    assertThat(session.poll()).isEmpty();
    write("n1.log", at(2, "anew"));
    List<LogLine> news = new ArrayList<>(session.poll());
    news.addAll(session.poll());
    assertThat(texts(news)).containsExactly("n1: anew");
  }

  @Test
  void logsThatAppearAreReadFromTheirBeginning() throws IOException {
    write("n1.log", at(1, "before"));
    LogSession session = session();
    session.tail(10, true);
    assertThat(session.isMixed()).isFalse();
    write("n2.log", at(2, "new"));
    List<LogLine> news = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      news.addAll(session.poll());
    }
    assertThat(texts(news)).containsExactly("n2: new");
    assertThat(session.isMixed()).isTrue();
  }

  @Test
  void noLinesAreWantedButThoseToCome() throws IOException {
    write("n1.log", at(1, "before"));
    LogSession session = session();
    assertThat(session.tail(0, true).lines()).isEmpty();
    write("n1.log", at(2, "after"));
    assertThat(texts(session.poll())).containsExactly("n1: after");
  }

  @Test
  void muchIsReadInBoundedPieces() throws IOException {
    write("n1.log", at(1, "before"));
    LogSession session = session();
    session.tail(10, true);
    StringBuilder much = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      much.append(at(2, "line " + i));
    }
    write("n1.log", much.toString());
    int lines = 0;
    int polls = 0;
    List<LogLine> news = session.poll();
    while (!news.isEmpty()) {
      lines += news.size();
      polls++;
      news = session.poll();
    }
    assertThat(lines).isEqualTo(10_000);
    assertThat(polls).isGreaterThan(1);
  }

  @Test
  void onlyWhatFitsIntoMemoryIsGiven() throws IOException {
    String line = at(1, "x".repeat(500_000));
    for (int i = 0; i < 40; i++) {
      write("n1.log", line);
    }
    LogSession.Tail tail = session().tail(1_000, false);
    assertThat(tail.isCut()).isTrue();
    assertThat(tail.lines()).hasSizeBetween(30, 39);
  }

  @Test
  void aLogIsNamedByItsProgramOrItsFile() throws IOException {
    write("n1.log", "");
    write("n1.out", "");
    write("n1.1.log", "");
    write("up.out", "");
    assertThat(logs.logs()).extracting(LogDirectory.Source::name).containsExactly("n1");
    assertThat(logs.named("n1").orElseThrow().file()).hasFileName("n1.log");
    assertThat(logs.named("up").orElseThrow().file()).hasFileName("up.out");
    assertThat(logs.named("n1.out").orElseThrow().file()).hasFileName("n1.out");
    assertThat(logs.named("n2")).isEmpty();
    assertThat(logs.named("")).isEmpty();
    assertThat(logs.named("../logs/n1")).isEmpty();
    assertThat(new LogDirectory(temp.resolve("none")).logs()).isEmpty();
  }
}
