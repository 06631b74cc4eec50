package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BatchRunTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The keys of each batch that was sent. */
  private final List<List<String>> sent = new ArrayList<>();

  private final List<String> told = new ArrayList<>();
  private final BatchLineParser parser = new BatchLineParser(false);
  private String refusedKey = "none";
  private int answers = Integer.MAX_VALUE;
  private long number;

  private final BatchRun run =
      new BatchRun(this::send, (line, result) -> told.add(line.number() + " " + result.status()));

  /** Refuses a batch with the bad key in it, and stops answering after some results. */
  private Optional<BatchResult> send(byte[] document, Consumer<BatchResult> results) {
    List<String> keys = new ArrayList<>();
    for (JsonNode operation : JSON.readTree(document).path("ops")) {
      keys.add(operation.path("key").stringValue());
    }
    sent.add(keys);
    if (keys.contains(refusedKey)) {
      return Optional.of(BatchResult.refused(413, "TOO_LARGE", "It is too large"));
    }
    for (int i = 0; i < keys.size(); i++) {
      if (answers == 0) {
        throw new Failure(ExitCode.NO_QUORUM, "No answer; unknown.", "Look.");
      }
      answers--;
      Map<String, Object> fields = new LinkedHashMap<>(Map.of("status", 200));
      results.accept(new BatchResult(200, fields));
    }
    return Optional.empty();
  }

  private void lines(String... lines) {
    for (String line : lines) {
      number++;
      parser.parse(number, line.getBytes(StandardCharsets.UTF_8)).ifPresent(run::add);
    }
  }

  @Test
  void independentLinesGoTogetherAndAreToldInOrder() {
    lines("SET a 1", "GET b", "DELETE c");
    run.flush();
    assertThat(sent).containsExactly(List.of("a", "b", "c"));
    assertThat(told).containsExactly("1 200", "2 200", "3 200");
  }

  @Test
  void linesOnOneKeyKeepTheirOrderByGoingOneAfterTheOther() {
    lines("SET a 1", "GET a", "GET a", "GET b", "SET a 2");
    run.flush();
    assertThat(sent).containsExactly(List.of("a"), List.of("a", "a", "b"), List.of("a"));
    assertThat(told).hasSize(5);
  }

  @Test
  void noBatchHoldsMoreThanAThousand() {
    for (int i = 0; i < 2_001; i++) {
      lines("GET k" + i);
    }
    run.flush();
    assertThat(sent).extracting(List::size).containsExactly(1_000, 1_000, 1);
  }

  @Test
  void largeOperationsGoInSmallerBatches() {
    String large = "x".repeat(1_500_000);
    lines("SET a " + large, "SET b " + large, "SET c " + large);
    run.flush();
    assertThat(sent).containsExactly(List.of("a", "b"), List.of("c"));
  }

  @Test
  void linesThatCannotBeSentStandInTheirPlace() {
    lines("NONSENSE", "GET a", "SET x", "GET b", "GET");
    run.flush();
    assertThat(sent).containsExactly(List.of("a", "b"));
    assertThat(told).containsExactly("1 400", "2 200", "3 400", "4 200", "5 400");
  }

  @Test
  void linesThatCannotBeSentNeedNoBalancer() {
    for (int i = 0; i < 1_001; i++) {
      lines("NONSENSE");
    }
    assertThat(told).hasSize(1_000);
    run.flush();
    assertThat(told).hasSize(1_001);
    assertThat(sent).isEmpty();
  }

  @Test
  void oneBadOperationIsFoundByHalvesAndTheOthersAreDoneOnce() {
    refusedKey = "k5";
    for (int i = 0; i < 8; i++) {
      lines("GET k" + i);
    }
    lines("NONSENSE");
    run.flush();
    assertThat(told)
        .containsExactly(
            "1 200", "2 200", "3 200", "4 200", "5 200", "6 413", "7 200", "8 200", "9 400");
    assertThat(sent.stream().filter(keys -> !keys.contains("k5")).flatMap(List::stream))
        .containsExactly("k0", "k1", "k2", "k3", "k4", "k6", "k7");
  }

  @Test
  void whatIsNotAnsweredIsNamedAndNothingAfterItIsSent() {
    answers = 1;
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> lines("GET a", "SET b 1", "SET c 1", "GET b"))
        .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_QUORUM))
        .withMessage("Lines 2 to 3: No answer; unknown. Nothing after line 3 was sent.");
  }

  @Test
  void fewerResultsThanOperationsAreAnUnknownOutcome() {
    BatchRun silent = new BatchRun((document, results) -> Optional.empty(), (line, result) -> {});
    silent.add(parser.parse(3, "SET a 1".getBytes(StandardCharsets.UTF_8)).orElseThrow());
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(silent::flush)
        .withMessageStartingWith("Line 3: ")
        .withMessageContaining("whether it took effect is unknown");
  }
}
