package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScanCommandTest {
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

  private int scan(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--balancer", balancer.url()));
    return run.run(new ScanCommand(run.terminal), all.toArray(String[]::new));
  }

  private void keys(int count) {
    for (int i = 0; i < count; i++) {
      balancer.put(String.format("k%04d", i), "v");
    }
  }

  @Test
  void keysStandUnderTheirHeadings() {
    balancer.put("a", "hello");
    balancer.put("session", "x", "30s");
    assertThat(scan()).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly(
            "KEY      REVISION  SIZE  EXPIRES",
            "a               1     5",
            "session         2     1  1970-01-01T00:00:01Z");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aPrefixIsEncodedAndObeyed() {
    balancer.put("user/ä&b", "1");
    balancer.put("other", "1");
    assertThat(scan("user/ä&", "--keys-only")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("user/ä&b");
  }

  @Test
  void pagesAreFollowedToTheEnd() {
    keys(25);
    balancer.pageKeys = 10;
    assertThat(scan("--keys-only")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).hasSize(25).contains("k0000", "k0010", "k0024");
    assertThat(balancer.requests).hasSize(3);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void whatTheLimitLeavesOutIsSaid() {
    keys(11);
    assertThat(scan("--limit", "10", "--keys-only")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).hasSize(10);
    assertThat(run.err()).contains("the first 10 keys; more follow");
  }

  @Test
  void aLimitThatIsJustEnoughLeavesNothingOut() {
    keys(10);
    balancer.pageKeys = 4;
    assertThat(scan("--limit", "10", "--keys-only")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).hasSize(10);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void moreThanOnePageOfRowsHasOneHeading() {
    keys(1_001);
    assertThat(scan("--limit", "2000")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).hasSize(1_002);
    assertThat(run.outLines().stream().filter(line -> line.startsWith("KEY"))).hasSize(1);
  }

  @Test
  void jsonIsADocumentAKey() {
    balancer.put("a\nb", "hello");
    assertThat(scan("-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("{\"key\":\"a\\nb\",\"revision\":1,\"size\":5}");
  }

  @Test
  void aKeyThatWouldNotStayOnItsLineIsShownInBase64() {
    balancer.put("a\nb", "hello");
    scan("--keys-only");
    assertThat(run.outLines()).containsExactly("base64:YQpi");
  }

  @Test
  void nothingIsAnEmptyTable() {
    assertThat(scan("none/")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("KEY  REVISION  SIZE  EXPIRES");
  }

  @Test
  void aListThatDoesNotMoveOnEnds() {
    balancer.answerNext("GET", 200, "{\"keys\":[],\"cursor\":\"c\"}");
    balancer.answerNext("GET", 200, "{\"keys\":[],\"cursor\":\"c\"}");
    assertThat(scan()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("does not move on");
  }

  @Test
  void aServerOfAnotherKindIsNamed() {
    balancer.answerNext("GET", 404, "");
    assertThat(scan()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("Is it a balancer");
    balancer.answerNext("GET", 200, "<html>");
    assertThat(scan()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("no list of keys");
  }

  @Test
  void aGroupWithoutLeaderIsFive() {
    balancer.answerNext("GET", 503, "{\"code\":\"NO_LEADER\",\"detail\":\"g1 has no leader\"}");
    assertThat(scan()).isEqualTo(ExitCode.NO_QUORUM);
  }

  @Test
  void aLimitBelowOneIsMisuse() {
    assertThat(scan("--limit", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(balancer.requests).isEmpty();
  }

  @Test
  void keysThatAreNoTextKeepTheirBytes() {
    KeyPage page =
        KeyPage.read(
            "{\"keys\":[{\"key_base64\":\"/w==\",\"revision\":7,\"size\":1}],\"cursor\":null}"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(page.keys().getFirst().shown()).isEqualTo("base64:/w==");
    assertThat(page.keys().getFirst().name()).containsEntry("keyBase64", "/w==");
  }
}
