package dev.flotilla.bench.report;

import dev.flotilla.bench.load.LoadResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/** A finished run as text and as one JSON document. */
public final class LoadReport {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};
  private static final String[] NAMES = {"p50", "p90", "p99", "p999", "p9999"};

  private final LoadSettings settings;
  private final LoadResult result;

  public LoadReport(LoadSettings settings, LoadResult result) {
    this.settings = settings;
    this.result = result;
  }

  /** The document on one line; latencies in microseconds. */
  public String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("door", settings.door());
    document.put("target", settings.target());
    document.put("workload", settings.workload());
    document.put("connections", settings.connections());
    document.put("threads", settings.threads());
    document.put("keys", settings.keys());
    document.put("valueBytes", settings.valueBytes());
    document.put("warmupSeconds", settings.warmupSeconds());
    document.put("measuredSeconds", result.measuredNanos() / 1e9);
    document.put("operations", result.operations());
    document.put("operationsPerSecond", Math.round(result.operationsPerSecond()));
    document.put("latencyMicros", latencies());
    document.put("perSecond", result.perSecond().stream().map(Math::round).toList());
    document.put("operationsByGroup", result.successesByGroup());
    document.put("failures", failures());
    document.put("reconnects", result.reconnects());
    document.put("generatorCpuMicrosPerOperation", cpuMicrosPerOperation());
    return JSON.writeValueAsString(document);
  }

  /** A few lines for people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s at %s: %s, %d connections, %d-byte values, %,d keys",
        settings.door(),
        settings.target(),
        settings.workload(),
        settings.connections(),
        settings.valueBytes(),
        settings.keys());
    line(
        text,
        "%,d ops/s  (%,d operations in %.1f s after %.0f s of warm-up; seconds from %,.0f to %,.0f)",
        Math.round(result.operationsPerSecond()),
        result.operations(),
        result.measuredNanos() / 1e9,
        settings.warmupSeconds(),
        extreme(result.perSecond(), true),
        extreme(result.perSecond(), false));
    Histogram latencies = result.latencies();
    StringBuilder names = new StringBuilder("latency ms ");
    StringBuilder values = new StringBuilder("           ");
    column(names, values, "min", latencies.getMinValue());
    column(names, values, "mean", latencies.getMean());
    for (int i = 0; i < NAMES.length; i++) {
      column(names, values, NAMES[i], latencies.getValueAtPercentile(PERCENTILES[i]));
    }
    column(names, values, "max", latencies.getMaxValue());
    text.append(names).append('\n').append(values).append('\n');
    if (!result.successesByGroup().isEmpty()) {
      text.append("groups     ");
      result
          .successesByGroup()
          .forEach((group, count) ->
              text.append(
                  format(
                      "  %s %.1f %%",
                      group == 0 ? "untold" : "g" + group,
                      100.0 * count / Math.max(1, result.operations()))));
      text.append('\n');
    }
    line(
        text,
        "generator    %.1f us of CPU an operation, %d reconnects",
        cpuMicrosPerOperation(),
        result.reconnects());
    line(text, "failures     %,d", result.failureCount());
    result
        .failures()
        .forEach((code, entry) ->
            line(
                text,
                "  %,8d  %s (%s), first: %s",
                entry.count(),
                code,
                entry.first().outcome(),
                entry.first().sample()));
    return text.toString();
  }

  private Map<String, Object> latencies() {
    Histogram latencies = result.latencies();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("min", micros(latencies.getMinValue()));
    document.put("mean", micros(latencies.getMean()));
    for (int i = 0; i < NAMES.length; i++) {
      document.put(NAMES[i], micros(latencies.getValueAtPercentile(PERCENTILES[i])));
    }
    document.put("max", micros(latencies.getMaxValue()));
    return document;
  }

  private List<Map<String, Object>> failures() {
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

  private double cpuMicrosPerOperation() {
    return result.operations() == 0
        ? 0
        : Math.round(10.0 * result.generatorCpuNanos() / 1_000 / result.operations()) / 10.0;
  }

  private static double extreme(List<Double> perSecond, boolean least) {
    return perSecond.stream().reduce(least ? Math::min : Math::max).orElse(0.0);
  }

  private static void column(StringBuilder names, StringBuilder values, String name, double nanos) {
    names.append(format("%10s", name));
    values.append(format("%10.2f", nanos / 1e6));
  }

  private static double micros(double nanos) {
    return Math.round(nanos / 100) / 10.0;
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
