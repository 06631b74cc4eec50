package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CasCommandTest {
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

  private int cas(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--balancer", balancer.url()));
    all.addAll(List.of(arguments));
    return run.run(new CasCommand(run.terminal), all.toArray(String[]::new));
  }

  @Test
  void theExpectedValueIsReplaced() {
    balancer.put("state", "ready");
    assertThat(cas("state", "ready", "running")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.text("state")).isEqualTo("running");
    assertThat(run.outLines()).containsExactly("replaced, revision 2");
  }

  @Test
  void anotherValueIsFour() {
    balancer.put("state", "done");
    assertThat(cas("state", "ready", "running")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(balancer.text("state")).isEqualTo("done");
    assertThat(balancer.requests).hasSize(1);
    assertThat(run.err()).contains("another one (revision 1)", "flotilla get state");
  }

  @Test
  void aChangeInBetweenIsFourEvenIfTheValueIsTheSame() {
    balancer.put("state", "ready");
    balancer.beforePut.add(() -> balancer.put("state", "ready"));
    assertThat(cas("state", "ready", "running")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(balancer.text("state")).isEqualTo("ready");
    assertThat(run.err()).contains("was changed since");
  }

  @Test
  void anAbsentKeyIsThree() {
    assertThat(cas("state", "ready", "running")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(balancer.values).isEmpty();
  }

  @Test
  void absentCreatesAndNeverReplaces() {
    assertThat(cas("--absent", "lock", "me")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("created, revision 1");
    assertThat(cas("--absent", "lock", "you")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(balancer.text("lock")).isEqualTo("me");
  }

  @Test
  void jsonNamesTheRevision() {
    assertThat(cas("--absent", "lock", "me", "-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly("{\"key\":\"lock\",\"created\":true,\"revision\":\"1\",\"group\":\"g1\"}");
  }

  @Test
  void theNewValueLivesAsLongAsIsSaid() {
    balancer.put("lock", "me");
    assertThat(cas("--ttl", "30s", "lock", "me", "me")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.requests.getLast()).isEqualTo("PUT /v1/kv/lock?ttl=30s");
  }

  @Test
  void anUnknownOutcomeIsSaidAndNotTriedAgain() {
    balancer.put("state", "ready");
    balancer.answerNext(
        "PUT",
        504,
        "{\"code\":\"TIMEOUT\",\"outcome\":\"unknown\",\"detail\":\"No answer in time\"}");
    assertThat(cas("state", "ready", "running")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(run.err()).contains("Whether it took effect is unknown.");
    assertThat(balancer.requests).hasSize(2);
  }

  @Test
  void tooFewAndTooManyValuesAreMisuse() {
    assertThat(cas("state")).isEqualTo(ExitCode.USAGE);
    assertThat(cas("state", "ready")).isEqualTo(ExitCode.USAGE);
    assertThat(cas("--absent", "state", "ready", "running")).isEqualTo(ExitCode.USAGE);
    assertThat(balancer.requests).isEmpty();
  }

  @Test
  void valuesMayBeginWithADash() {
    balancer.put("offset", "-x");
    assertThat(cas("--", "offset", "-x", "-y")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.text("offset")).isEqualTo("-y");
  }
}
