package dev.flotilla.bench.report;

import dev.flotilla.bench.door.OperationKind;
import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.recorder.LoopCounts;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Rows as they are measured, as text for people: one line each, and more where there is more. */
public final class RunTable {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  private final RunSettings settings;

  public RunTable(RunSettings settings) {
    this.settings = settings;
  }

  /** What was asked, and the columns' names. */
  public String head() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s at %s%s, %,d keys, %,d-byte values, %s, %d thread%s, %.0f s after %.0f s of warm-up",
        settings.door(),
        settings.target(),
        settings.separateConnections() ? " over separate connections" : "",
        settings.keys(),
        settings.valueBytes(),
        settings.rate() > 0
            ? format("%,.0f a second due (%s)", settings.rate(), settings.pace())
            : "closed loop",
        settings.threads(),
        settings.threads() == 1 ? "" : "s",
        settings.measureSeconds(),
        settings.warmupSeconds());
    line(
        text,
        "%-10s%-9s%8s%11s%10s%10s%10s%10s%10s%10s%9s%9s",
        "workload",
        "keys",
        "clients",
        "ops/s",
        "p50 ms",
        "p90",
        "p99",
        "p99.9",
        "p99.99",
        "max",
        "failed",
        "cpu us");
    return text.toString();
  }

  /** The row, and beneath it what is not the same in every row. */
  public String row(RunRow row) {
    StringBuilder text = new StringBuilder();
    LoadResult result = row.result();
    text.append(format("%-10s%-9s%,8d", row.workload(), row.distribution(), row.clients()));
    text.append(format("%,11.0f", result.operationsPerSecond()));
    latencies(text, result.latencies());
    line(text, "%,9d%9.1f", result.failureCount(), result.clientCpuMicrosPerOperation());
    if (result.times().byKind().size() > 1) {
      result.times().byKind().forEach((kind, histogram) -> kind(text, kind, histogram, result));
    }
    openLoop(text, result.counts());
    if (result.counts().conflicts() > 0) {
      line(
          text, "  %,d conflicts: another client had changed the key", result.counts().conflicts());
    }
    if (result.successesByGroup().keySet().stream().anyMatch(group -> group > 0)) {
      line(text, "  %s", groups(result));
    }
    result
        .failures()
        .forEach((code, entry) ->
            line(
                text,
                "  %,d failed: %s (%s), first: %s",
                entry.count(),
                code,
                entry.first().outcome(),
                entry.first().sample()));
    if (result.reconnects() > 0) {
      line(text, "  %,d reconnects", result.reconnects());
    }
    return text.toString();
  }

  private static void kind(
      StringBuilder text, OperationKind kind, Histogram histogram, LoadResult result) {
    double perSecond = histogram.getTotalCount() * 1e9 / result.measuredNanos();
    text.append(format("  %-25s%,11.0f", kind.name().toLowerCase(Locale.ROOT), perSecond));
    latencies(text, histogram);
    text.append('\n');
  }

  private static void openLoop(StringBuilder text, LoopCounts counts) {
    if (counts.due() == 0) {
      return;
    }
    line(
        text,
        "  %,d were due, %,d of them not started because the backlog was full, %,d waiting at the end",
        counts.due(),
        counts.notStarted(),
        counts.waiting());
  }

  private static String groups(LoadResult result) {
    long all = result.successesByGroup().values().stream().mapToLong(Long::longValue).sum();
    return result.successesByGroup().entrySet().stream()
        .map(entry ->
            format(
                "%s %.1f %%",
                entry.getKey() == 0 ? "untold" : "g" + entry.getKey(),
                100.0 * entry.getValue() / all))
        .collect(Collectors.joining("  "));
  }

  private static void latencies(StringBuilder text, Histogram latencies) {
    for (double percentile : PERCENTILES) {
      text.append(format("%10.2f", latencies.getValueAtPercentile(percentile) / 1e6));
    }
    text.append(format("%10.2f", latencies.getMaxValue() / 1e6));
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
