package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IncrCommandTest {
  private final CommandRun run = new CommandRun();
  private final List<Integer> pauses = new ArrayList<>();
  private FakeBalancer balancer;

  @BeforeEach
  void startBalancer() throws IOException {
    balancer = new FakeBalancer();
  }

  @AfterEach
  void stopBalancer() {
    balancer.close();
  }

  private int incr(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--balancer", balancer.url()));
    all.addAll(List.of(arguments));
    return run.run(new IncrCommand(run.terminal, pauses::add), all.toArray(String[]::new));
  }

  @Test
  void anAbsentKeyCountsFromZero() {
    assertThat(incr("visits")).isEqualTo(ExitCode.DONE);
    assertThat(incr("visits", "41")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("1", "42");
    assertThat(balancer.text("visits")).isEqualTo("42");
    assertThat(pauses).isEmpty();
  }

  @Test
  void negativeNumbersAreNumbersAndNoOptions() {
    balancer.put("stock", "5");
    assertThat(incr("stock", "-3")).isEqualTo(ExitCode.DONE);
    assertThat(incr("stock", "-10")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("2", "-8");
  }

  @Test
  void whatOthersAddInBetweenIsNotLost() {
    balancer.put("visits", "10");
    balancer.beforePut.add(() -> balancer.put("visits", "20"));
    balancer.beforePut.add(() -> balancer.put("visits", "30"));
    assertThat(incr("visits", "-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .containsExactly(
            "{\"key\":\"visits\",\"value\":31,\"created\":false,\"revision\":\"4\","
                + "\"group\":\"g1\",\"tries\":3}");
    assertThat(pauses).containsExactly(1, 2);
  }

  @Test
  void aKeyThatSomebodyCreatesOrDeletesInBetweenIsReadAgain() {
    balancer.beforePut.add(() -> balancer.put("visits", "7"));
    balancer.beforePut.add(() -> balancer.values.remove("visits"));
    assertThat(incr("visits")).isEqualTo(ExitCode.DONE);
    assertThat(run.outLines()).containsExactly("1");
    assertThat(pauses).containsExactly(1, 2);
  }

  @Test
  void itEndsWhenOthersAreAlwaysQuicker() {
    balancer.put("visits", "0");
    for (int i = 0; i < 200; i++) {
      balancer.beforePut.add(() -> balancer.put("visits", "0"));
    }
    assertThat(incr("visits")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(balancer.requests).hasSize(2 * CounterLoop.MOST_TRIES);
    assertThat(pauses).hasSize(CounterLoop.MOST_TRIES - 1);
    assertThat(run.err()).contains("64 times in a row", "changed nothing");
  }

  @Test
  void whatDoesNotCountIsLeftAlone() {
    balancer.put("name", "flotilla");
    assertThat(incr("name")).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("does not count");
    balancer.put("full", Long.toString(Long.MAX_VALUE));
    assertThat(incr("full")).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("would not fit");
    assertThat(balancer.text("full")).isEqualTo(Long.toString(Long.MAX_VALUE));
    assertThat(incr("full", "1.5")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void anUnknownOutcomeIsSaidAndNotTriedAgain() {
    balancer.put("visits", "1");
    balancer.answerNext(
        "PUT",
        504,
        "{\"code\":\"TIMEOUT\",\"outcome\":\"unknown\",\"detail\":\"No answer in time\"}");
    assertThat(incr("visits")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(run.err()).contains("No answer in time. Whether it took effect is unknown.");
    assertThat(balancer.requests).hasSize(2);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aRefusalThatIsNoConflictIsNotTriedAgain() {
    balancer.answerNext("PUT", 503, "{\"outcome\":\"not_applied\",\"detail\":\"No leader\"}");
    assertThat(incr("visits")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(balancer.requests).hasSize(2);
  }

  @Test
  void aCounterThatExpiresKeepsItsTime() {
    balancer.put("calls", "1", "29500ms");
    assertThat(incr("--ttl", "1m", "calls")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.requests.getLast()).isEqualTo("PUT /v1/kv/calls?ttl=29500ms");
    assertThat(incr("--ttl", "1m", "new")).isEqualTo(ExitCode.DONE);
    assertThat(balancer.requests.getLast()).isEqualTo("PUT /v1/kv/new?ttl=1m");
    assertThat(IncrCommand.timeLeft("0ms")).isEqualTo("1ms");
    assertThat(IncrCommand.timeLeft("")).isEmpty();
  }

  @Test
  void pausesAreBounded() {
    Random random = new Random(1);
    for (int conflicts = 1; conflicts <= CounterLoop.MOST_TRIES; conflicts++) {
      int bound = Math.min(64, 1 << Math.min(conflicts, 6));
      for (int i = 0; i < 100; i++) {
        assertThat(CounterLoop.pauseMillis(conflicts, random)).isBetween(1, bound);
      }
    }
  }
}
