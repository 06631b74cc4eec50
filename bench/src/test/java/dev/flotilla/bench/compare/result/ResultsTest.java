package dev.flotilla.bench.compare.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultsTest {

  private static final Cell CELL = new Cell("form", Cell.Work.SET, 64);
  private static final Head HEAD =
      new Head(
          "2026-01-02",
          "2 cores",
          "a JVM",
          Map.of("ours", "1", "theirs", "2"),
          new Head.Settings(3, 100, 128, 120, 30, 3, 10, "512m"));

  @TempDir private Path folder;

  @Test
  void theMedianIsTheMiddleValueOrTheMeanOfTheMiddleTwo() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
    assertThat(Spread.of(List.of(5.0))).isEqualTo(new Spread(5, 5, 5));
    assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCellIsReadAsItIsWritten() {
    assertThat(CELL.text()).isEqualTo("form:set:64");
    assertThat(Cell.parse("grpc-shared:get:1"))
        .isEqualTo(new Cell("grpc-shared", Cell.Work.GET, 1));
    for (String odd : List.of("form:set", "form:put:64", "form:set:0", "Form:set:1", "a:set:64 ")) {
      assertThatThrownBy(() -> Cell.parse(odd)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFigureIsTheSpreadOverTheRounds() {
    Results results =
        new Results(
            HEAD,
            List.of(
                entry(1, "ours", 1_000),
                entry(2, "ours", 3_000),
                entry(3, "ours", 2_000),
                entry(1, "theirs", 9)));
    assertThat(results.figure("ours", CELL, Measured::operationsPerSecond))
        .contains(new Spread(200, 100, 300));
    assertThat(
            results.figure(
                "ours", new Cell("form", Cell.Work.GET, 64), Measured::operationsPerSecond))
        .isEmpty();
  }

  @Test
  void ratiosAreTakenRoundByRound() {
    // Both slow down from round to round; the ratio does not.
    Results results =
        new Results(
            HEAD,
            List.of(
                entry(1, "ours", 1_000),
                entry(1, "theirs", 500),
                entry(2, "theirs", 250),
                entry(2, "ours", 500),
                entry(3, "ours", 100)));
    assertThat(results.ratio("ours", CELL, "theirs", CELL, Measured::operationsPerSecond))
        .contains(new Spread(2, 2, 2));
    assertThat(results.ratio("ours", CELL, "nobody", CELL, Measured::operationsPerSecond))
        .isEmpty();
  }

  @Test
  void nothingIsDividedByNothing() {
    Results results = new Results(HEAD, List.of(entry(1, "ours", 1_000), entry(1, "theirs", 0)));
    assertThat(results.ratio("ours", CELL, "theirs", CELL, Measured::operationsPerSecond))
        .isEmpty();
  }

  @Test
  void theFileHoldsWhatWasMeasuredSoFar() throws IOException {
    ResultFile file = new ResultFile(folder.resolve("deep/results.jsonl"));
    file.begin(HEAD);
    assertThat(file.read()).isEqualTo(new Results(HEAD, List.of()));
    file.add(entry(1, "ours", 1_000));
    file.add(entry(1, "theirs", 500));
    assertThat(file.read())
        .isEqualTo(new Results(HEAD, List.of(entry(1, "ours", 1_000), entry(1, "theirs", 500))));
    assertThat(file.read().systems()).containsExactly("ours", "theirs");
  }

  @Test
  void aFileOfAnotherKindIsRefusedByName() throws IOException {
    Path path = folder.resolve("odd.jsonl");
    Files.writeString(path, "not JSON\n");
    assertThatThrownBy(() -> new ResultFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("odd.jsonl");
  }

  private static Entry entry(int round, String system, long operations) {
    return new Entry(round, system, new Measured(CELL, operations, 10, 1, 2, 3, 4, 0, 5, 6));
  }
}
