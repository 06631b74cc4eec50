package dev.flotilla.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.OperationKind;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.load.Phase;
import dev.flotilla.bench.load.Progress;
import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.Latencies;
import dev.flotilla.bench.recorder.LoopCounts;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunReportTest {

  private final RunSettings settings =
      new RunSettings("form", "db:1", false, "closed", 0, 1, 100, 128, 1, 20, 2);
  private final RunTable table = new RunTable(settings);

  private static Histogram times(long nanos, long count) {
    Histogram histogram = LoopRecorder.newHistogram();
    histogram.recordValueWithCount(nanos, count);
    return histogram;
  }

  private static RunRow row() {
    Latencies latencies = new Latencies();
    latencies.add(OperationKind.READ, times(2_000_000, 99));
    latencies.add(OperationKind.WRITE, times(50_000_000, 1));
    LoadResult result =
        new LoadResult(
            2_000_000_000L,
            latencies,
            List.of(40.0, 60.0),
            Map.of(
                "NO_LEADER",
                new FailureTally.Entry(
                    3, new Failure("NO_LEADER", Outcome.NOT_APPLIED, "503 \"quoted\""))),
            new TreeMap<>(Map.of(1, 75L, 2, 25L)),
            new LoopCounts(6, 200, 80, 20),
            4,
            300_000);
    return new RunRow("a", "zipfian", 64, result);
  }

  private static RunRow empty() {
    return new RunRow(
        "c",
        "uniform",
        1,
        new LoadResult(1, new Latencies(), List.of(), Map.of(), Map.of(), LoopCounts.NONE, 0, 0));
  }

  @Test
  void theDocumentHoldsEveryFigure() {
    JsonNode json =
        JsonMapper.builder().build().readTree(RunDocument.toJson(settings, List.of(row())));
    assertThat(json.path("format").asInt()).isEqualTo(1);
    assertThat(json.path("door").asString()).isEqualTo("form");
    JsonNode row = json.path("rows").get(0);
    assertThat(row.path("workload").asString()).isEqualTo("a");
    assertThat(row.path("operationsPerSecond").asInt()).isEqualTo(50);
    assertThat(row.path("latencyMicros").path("p50").asDouble()).isBetween(1_990.0, 2_010.0);
    assertThat(row.path("latencyMicros").path("p999").asDouble()).isBetween(49_900.0, 50_100.0);
    assertThat(row.path("kinds").path("write").path("operations").asInt()).isEqualTo(1);
    assertThat(row.path("kinds").path("read").path("latencyMicros").path("max").asDouble())
        .isBetween(1_990.0, 2_010.0);
    assertThat(row.path("operationsByGroup").path("1").asInt()).isEqualTo(75);
    assertThat(row.path("failed").asInt()).isEqualTo(3);
    assertThat(row.path("failures").get(0).path("sample").asString()).isEqualTo("503 \"quoted\"");
    assertThat(row.path("conflicts").asInt()).isEqualTo(6);
    assertThat(row.path("openLoop").path("notStarted").asInt()).isEqualTo(80);
    assertThat(row.path("clientCpuMicrosPerOperation").asDouble()).isEqualTo(3.0);
    assertThat(row.path("reconnects").asInt()).isEqualTo(4);
  }

  @Test
  void theTableSaysWhatWasMeasuredAndWhatFailed() {
    assertThat(table.head())
        .contains("form at db:1, 100 keys, 128-byte values, closed loop, 1 thread")
        .contains("p99.99");
    assertThat(table.row(row()))
        .startsWith("a         zipfian        64         50      2.00")
        .contains("  read  ")
        .contains("  write  ")
        .contains("200 were due, 80 of them not started because the backlog was full")
        .contains("6 conflicts")
        .contains("g1 75.0 %  g2 25.0 %")
        .contains("3 failed: NO_LEADER (NOT_APPLIED), first: 503")
        .contains("4 reconnects");
  }

  @Test
  void everyColumnStandsUnderItsName() {
    String names = table.head().lines().toList().get(1);
    String row = table.row(row()).lines().findFirst().orElseThrow();
    assertThat(row).hasSameSizeAs(names);
  }

  @Test
  void aRowWithoutSuccessesIsReportedToo() {
    assertThat(empty().isClean()).isFalse();
    assertThat(table.row(empty())).startsWith("c         uniform         1          0");
    assertThat(RunDocument.toJson(settings, List.of(empty()))).contains("\"operations\":0");
  }

  @Test
  void anOpenLoopIsNamedWithItsRate() {
    RunSettings open =
        new RunSettings("stream", "c1", true, "poisson", 5_000, 2, 100, 128, 1, 20, 2);
    assertThat(new RunTable(open).head())
        .contains("stream at c1 over separate connections")
        .contains("5,000 a second due (poisson), 2 threads");
  }

  @Test
  void progressRewritesItsLineOnATerminal() {
    StringWriter text = new StringWriter();
    try (ProgressLine line = new ProgressLine(new PrintWriter(text), true)) {
      line.begin("a 64");
      line.tick(new Progress.Tick(Phase.WARM_UP, 1_000_000_000L, 123_456, 1_000_000_000L, 9, 0, 0));
      line.tick(new Progress.Tick(Phase.MEASURE, 1_000_000_000L, 1, 1_000_000_000L, 9, 0, 7));
    }
    assertThat(text.toString())
        .contains("\ra 64  warm-up")
        .contains("123,456 ops/s")
        .contains("7 waiting");
    assertThat(text.toString().lines()).hasSizeLessThanOrEqualTo(3);
  }
}
