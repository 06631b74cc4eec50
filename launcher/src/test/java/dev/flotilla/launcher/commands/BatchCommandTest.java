package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCommandTest {
  @TempDir Path temp;

  private final CommandRun run = new CommandRun();
  private FakeBalancer balancer;

  @BeforeEach
  void startBalancer() throws IOException {
    balancer = new FakeBalancer();
  }

  @AfterEach
  void stopBalancer() {
    balancer.close();
  }

  private int batch(String input, String... arguments) {
    return batch(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), arguments);
  }

  private int batch(InputStream input, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--balancer", balancer.url()));
    return run.run(new BatchCommand(run.terminal, () -> input), all.toArray(String[]::new));
  }

  @Test
  void whatBecameOfEachLineIsSaidInOrder() {
    balancer.put("old", "hello");
    assertThat(batch("SET new 1\n\n# a comment\nSET old 2\nGET new\nDELETE none\nGET none\n"))
        .isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly(
            "1: created, revision 2",
            "4: replaced, revision 3",
            "5: found, revision 2, value 1",
            "6: absent",
            "7: absent");
    assertThat(balancer.batches).hasSize(3); // GET after SET, and GET after DELETE
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aLineThatFailsIsOneAndIsNamed() {
    assertThat(batch("GET a\nFETCH a\nSET b 1\n")).isEqualTo(ExitCode.FAILED);
    assertThat(run.outLines())
        .startsWith("1: absent")
        .anyMatch(line -> line.startsWith("2: failed: There is no FETCH"))
        .endsWith("3: created, revision 1");
    assertThat(run.err()).contains("1 of 3 lines failed: 2.");
  }

  @Test
  void aConditionThatFailsIsAFailedLine() {
    balancer.put("lock", "you");
    assertThat(
            batch(
                "{\"op\":\"put\",\"key\":\"lock\",\"value\":\"me\",\"if_absent\":true}", "--json"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(run.outLines())
        .containsExactly(
            "1: failed: The key's revision is 1. (PRECONDITION_FAILED) It had no effect.");
  }

  @Test
  void anOperationTheBalancerRefusesDoesNotTakeTheOthersWithIt() {
    assertThat(batch("SET a 1\nSET b " + "x".repeat(200) + "\nSET c 1\n"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(run.outLines())
        .containsExactly(
            "1: created, revision 1",
            "2: failed: The value is too large. (TOO_LARGE) It had no effect.",
            "3: created, revision 2");
  }

  @Test
  void jsonIsADocumentALine() {
    assertThat(batch("SET a 1\nNONSENSE\n", "-o", "json")).isEqualTo(ExitCode.FAILED);
    assertThat(run.outLines()).hasSize(2);
    assertThat(run.outLines().getFirst())
        .startsWith("{\"line\":1,")
        .contains("\"status\":201", "\"outcome\":\"applied\"", "\"revision\":1");
    assertThat(run.outLines().getLast())
        .startsWith("{\"line\":2,\"status\":400,\"outcome\":\"not_applied\",\"code\":\"BAD_LINE\"");
  }

  @Test
  void aFileIsReadAsStandardInputIs() throws IOException {
    Path file = Files.writeString(temp.resolve("changes.txt"), "SET a 1\r\nSET b 2");
    assertThat(batch("", file.toString())).isEqualTo(ExitCode.DONE);
    assertThat(balancer.text("a")).isEqualTo("1");
    assertThat(balancer.text("b")).isEqualTo("2");
    assertThat(batch("SET c 3", "-")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.text("c")).isEqualTo("3");
    assertThat(batch("", temp.resolve("none").toString())).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("There is no file");
  }

  @Test
  void nothingIsDone() {
    assertThat(batch("")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.requests).isEmpty();
  }

  @Test
  void aBatchThatIsNotAnsweredIsNotSentAgain() {
    balancer.answerNext("POST", 503, "{\"outcome\":\"unknown\",\"detail\":\"No leader\"}");
    assertThat(batch("SET a 1\nSET b 1\n")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(run.err()).contains("Lines 1 to 2: No leader. Whether it took effect is unknown.");
    assertThat(balancer.requests).hasSize(1);
  }

  @Test
  void anAnswerOfAnotherKindIsAnUnknownOutcome() {
    balancer.answerNext("POST", 200, "{\"results\":[{\"status\":201");
    assertThat(batch("SET a 1\n")).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("Line 1: ", "whether it took effect is unknown");
  }

  @Test
  void whatStandsBeforeAReadErrorIsSent() {
    InputStream broken =
        new InputStream() {
          private final byte[] bytes = "SET a 1\nSET b".getBytes(StandardCharsets.UTF_8);
          private int at;

          @Override
          public int read() throws IOException {
            if (at == bytes.length) {
              throw new IOException("the disk is gone");
            }
            return bytes[at++];
          }
        };
    assertThat(batch(broken)).isEqualTo(ExitCode.FAILED);
    assertThat(balancer.values).containsOnlyKeys("a");
    assertThat(run.err()).contains("Reading broke off after line 1: the disk is gone");
  }

  @Test
  void thousandsOfLinesGoInBatches() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      lines.append("SET k").append(i).append(" v\n");
    }
    assertThat(batch(lines.toString())).isEqualTo(ExitCode.DONE);
    assertThat(balancer.values).hasSize(2_500);
    assertThat(balancer.batches).hasSize(3);
    assertThat(run.outLines()).hasSize(2_500);
  }
}
