package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.cluster.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
  @TempDir Path directory;

  private final CommandRun run = new CommandRun();

  private void write(String file, String text) throws IOException {
    Path logs = Files.createDirectories(directory.resolve("logs"));
    Files.writeString(
        logs.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String at(int second, String text) {
    return String.format("2026-11-21T14:55:%02d.000Z %s\n", second, text);
  }

  private int logs(String... arguments) {
    return logs(millis -> {}, arguments);
  }

  /** Following ends when what is done between two looks says so. */
  private int logs(Patience.Sleeper sleeper, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--data-dir", directory.toString()));
    all.addAll(List.of(arguments));
    AtomicInteger looks = new AtomicInteger();
    return run.run(
        new LogsCommand(run.terminal, sleeper, () -> () -> looks.incrementAndGet() > 4),
        all.toArray(String[]::new));
  }

  @Test
  void oneLogIsShownAsItIs() throws IOException {
    write("flotilla.log", at(1, "one") + at(2, "two") + at(3, "three"));
    write("flotilla.audit.jsonl", "{}\n");
    write("up.out", "Ready\n");
    assertThat(logs("--lines", "2")).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEqualTo(at(2, "two") + at(3, "three"));
  }

  @Test
  void severalLogsSayWhoseALineIs() throws IOException {
    write("n1.log", at(1, "one"));
    write("balancer.log", at(2, "two"));
    assertThat(logs()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEqualTo("n1 | " + at(1, "one") + "balancer | " + at(2, "two"));
  }

  @Test
  void oneProgramsLogIsShownAlone() throws IOException {
    write("n1.log", at(1, "one"));
    write("balancer.log", at(2, "two"));
    write("up.out", "Ready\n");
    assertThat(logs("balancer")).isEqualTo(ExitCode.DONE);
    assertThat(logs("up")).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEqualTo(at(2, "two") + "Ready\n");
  }

  @Test
  void auditMergesTheEventsOfAllNodes() throws IOException {
    String first =
        "{\"at\":\"2026-11-21T14:55:01Z\",\"node\":\"n2\",\"event\":\"x\",\"text\":\"a\"}";
    String second =
        "{\"at\":\"2026-11-21T14:55:02Z\",\"node\":\"n1\",\"event\":\"x\",\"text\":\"b\"}";
    write("n1.audit.jsonl", second + "\n");
    write("n2.audit.jsonl", first + "\n");
    assertThat(logs("audit")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly("2026-11-21T14:55:01Z  n2  x: a", "2026-11-21T14:55:02Z  n1  x: b");
    assertThat(logs("audit", "-o", "json", "--grep", "n2")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines().getLast()).isEqualTo(first);
  }

  @Test
  void jsonIsADocumentALine() throws IOException {
    write("n1.log", "plain \"text\"\n");
    assertThat(logs("-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly("{\"source\":\"n1\",\"line\":\"plain \\\"text\\\"\"}");
  }

  @Test
  void followingShowsWhatComesUntilItIsAskedToEnd() throws IOException {
    write("n1.log", at(1, "one"));
    AtomicInteger pauses = new AtomicInteger();
    Patience.Sleeper meanwhile =
        millis -> {
          try {
            write("n1.log", at(2, "pause " + pauses.incrementAndGet()));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    assertThat(logs(meanwhile, "-f")).isEqualTo(ExitCode.DONE);
    // Looks 1 and 3 find nothing and rest; 2 and 4 find what was written meanwhile.
    assertThat(run.out()).isEqualTo(at(1, "one") + at(2, "pause 1") + at(2, "pause 2"));
  }

  @Test
  void anUnknownNameIsThreeAndTheKnownOnesAreNamed() throws IOException {
    write("flotilla.log", "");
    assertThat(logs("n1")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run.err()).contains("There is no log of n1", "flotilla logs flotilla --grep n1");
  }

  @Test
  void noLogsAtAllAreOneAndSayHowToGetSome() {
    assertThat(logs()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("There are no logs in", "flotilla start");
  }

  @Test
  void fewerThanNoLinesAreMisuse() throws IOException {
    write("n1.log", "");
    assertThat(logs("--lines", "-1")).isEqualTo(ExitCode.USAGE);
  }
}
