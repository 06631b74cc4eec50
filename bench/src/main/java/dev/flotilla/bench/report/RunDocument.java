package dev.flotilla.bench.report;

import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.recorder.LoopCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/**
 * A finished run as one JSON document for programs, on one line. docs/bench.md describes it;
 * members may be added, those there are stay as they are.
 */
public final class RunDocument {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int FORMAT = 1;

  private RunDocument() {}

  public static String toJson(RunSettings settings, List<RunRow> rows) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("format", FORMAT);
    document.put("door", settings.door());
    document.put("target", settings.target());
    document.put("separateConnections", settings.separateConnections());
    document.put("pace", settings.pace());
    document.put("rate", settings.rate());
    document.put("threads", settings.threads());
    document.put("keys", settings.keys());
    document.put("valueBytes", settings.valueBytes());
    document.put("seed", settings.seed());
    document.put("warmupSeconds", settings.warmupSeconds());
    document.put("measureSeconds", settings.measureSeconds());
    document.put("rows", rows.stream().map(RunDocument::row).toList());
    return JSON.writeValueAsString(document);
  }

  private static Map<String, Object> row(RunRow row) {
    LoadResult result = row.result();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("workload", row.workload());
    document.put("distribution", row.distribution());
    document.put("clients", row.clients());
    document.put("measuredSeconds", result.measuredNanos() / 1e9);
    document.put("operations", result.operations());
    document.put("operationsPerSecond", Math.round(result.operationsPerSecond()));
    document.put("latencyMicros", latencies(result.latencies()));
    document.put("kinds", kinds(result));
    document.put("perSecond", result.perSecond().stream().map(Math::round).toList());
    document.put("operationsByGroup", result.successesByGroup());
    document.put("failed", result.failureCount());
    document.put("failures", failures(result));
    document.put("conflicts", result.counts().conflicts());
    document.put("openLoop", openLoop(result.counts()));
    document.put("reconnects", result.reconnects());
    document.put("clientCpuMicrosPerOperation", tenths(result.clientCpuMicrosPerOperation()));
    document.put(
        "clientCpuCores", hundredths((double) result.clientCpuNanos() / result.measuredNanos()));
    return document;
  }

  private static Map<String, Object> kinds(LoadResult result) {
    Map<String, Object> document = new LinkedHashMap<>();
    result
        .times()
        .byKind()
        .forEach((kind, histogram) ->
            document.put(
                kind.name().toLowerCase(Locale.ROOT),
                Map.of(
                    "operations",
                    histogram.getTotalCount(),
                    "latencyMicros",
                    latencies(histogram))));
    return document;
  }

  private static Map<String, Object> latencies(Histogram latencies) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("min", micros(latencies.getTotalCount() == 0 ? 0 : latencies.getMinValue()));
    document.put("mean", micros(latencies.getMean()));
    document.put("p50", micros(latencies.getValueAtPercentile(50)));
    document.put("p90", micros(latencies.getValueAtPercentile(90)));
    document.put("p99", micros(latencies.getValueAtPercentile(99)));
    document.put("p999", micros(latencies.getValueAtPercentile(99.9)));
    document.put("p9999", micros(latencies.getValueAtPercentile(99.99)));
    document.put("max", micros(latencies.getMaxValue()));
    return document;
  }

  private static List<Map<String, Object>> failures(LoadResult result) {
    return result.failures().entrySet().stream()
        .map(failure -> {
          Map<String, Object> document = new LinkedHashMap<>();
          document.put("code", failure.getKey());
          document.put("outcome", failure.getValue().first().outcome().name());
          document.put("count", failure.getValue().count());
          document.put("sample", failure.getValue().first().sample());
          return document;
        })
        .toList();
  }

  private static Map<String, Object> openLoop(LoopCounts counts) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("due", counts.due());
    document.put("notStarted", counts.notStarted());
    document.put("waitingAtEnd", counts.waiting());
    return document;
  }

  private static double micros(double nanos) {
    return tenths(nanos / 1e3);
  }

  private static double tenths(double number) {
    return Math.round(number * 10) / 10.0;
  }

  private static double hundredths(double number) {
    return Math.round(number * 100) / 100.0;
  }
}
