package dev.flotilla.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.load.Phase;
import dev.flotilla.bench.load.Progress;
import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadReportTest {

  private final LoadSettings settings =
      new LoadSettings("form", "db:1", "uniform set", 64, 1, 100, 128, 20, 2);

  private static LoadResult result() {
    Histogram latencies = LoopRecorder.newHistogram();
    latencies.recordValueWithCount(2_000_000, 99);
    latencies.recordValueWithCount(50_000_000, 1);
    return new LoadResult(
        2_000_000_000L,
        latencies,
        List.of(40.0, 60.0),
        Map.of(
            "NO_LEADER",
            new FailureTally.Entry(
                3, new Failure("NO_LEADER", Outcome.NOT_APPLIED, "503 \"quoted\""))),
        Map.of(1, 75L, 2, 25L),
        4,
        300_000);
  }

  @Test
  void theDocumentHoldsEveryFigure() {
    JsonNode json =
        JsonMapper.builder().build().readTree(new LoadReport(settings, result()).toJson());
    assertThat(json.path("operationsPerSecond").asInt()).isEqualTo(50);
    assertThat(json.path("latencyMicros").path("p50").asDouble()).isBetween(1_990.0, 2_010.0);
    assertThat(json.path("latencyMicros").path("p999").asDouble()).isBetween(49_900.0, 50_100.0);
    assertThat(json.path("operationsByGroup").path("1").asInt()).isEqualTo(75);
    assertThat(json.path("failures").get(0).path("sample").asString()).isEqualTo("503 \"quoted\"");
    assertThat(json.path("generatorCpuMicrosPerOperation").asDouble()).isEqualTo(3.0);
    assertThat(json.path("reconnects").asInt()).isEqualTo(4);
  }

  @Test
  void theTableSaysWhatWasMeasuredAndWhatFailed() {
    assertThat(new LoadReport(settings, result()).toText())
        .contains("form at db:1: uniform set, 64 connections, 128-byte values")
        .contains("50 ops/s")
        .contains("seconds from 40 to 60")
        .contains("g1 75.0 %")
        .contains("3  NO_LEADER (NOT_APPLIED), first: 503");
  }

  @Test
  void aRunWithoutSuccessesIsReportedToo() {
    LoadResult nothing =
        new LoadResult(1, LoopRecorder.newHistogram(), List.of(), Map.of(), Map.of(), 0, 0);
    assertThat(new LoadReport(settings, nothing).toText()).contains("0 ops/s");
    assertThat(new LoadReport(settings, nothing).toJson()).contains("\"operations\":0");
  }

  @Test
  void progressRewritesItsLineOnATerminal() {
    StringWriter text = new StringWriter();
    try (ProgressLine line = new ProgressLine(new PrintWriter(text), true)) {
      line.tick(new Progress.Tick(Phase.WARM_UP, 1_000_000_000L, 123_456, 1_000_000_000L, 9, 0));
      line.tick(new Progress.Tick(Phase.MEASURE, 1_000_000_000L, 1, 1_000_000_000L, 9, 0));
    }
    assertThat(text.toString()).contains("\rwarm-up").contains("123,456 ops/s");
    assertThat(text.toString().lines()).hasSizeLessThanOrEqualTo(3);
  }
}
