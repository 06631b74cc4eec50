package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.view.Traffic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What the counters moved by since somebody last looked, per second. */
public final class TrafficMeter implements Traffic.Source {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RequestMetrics metrics;
  private final IntSupplier inFlight;
  private final LongSupplier nanoTime;
  private Map<Integer, RequestMetrics.Totals> before;
  private Map<KvRequest.Op, Long> beforeByOp;
  private long askedNanos;

  public TrafficMeter(RequestMetrics metrics, IntSupplier inFlight, LongSupplier nanoTime) {
    this.metrics = metrics;
    this.inFlight = inFlight;
    this.nanoTime = nanoTime;
    this.before = metrics.totals();
    this.beforeByOp = metrics.totalsByOp();
    this.askedNanos = nanoTime.getAsLong();
  }

  @Override
  public synchronized Traffic sinceLastAsked() {
    long nowNanos = nanoTime.getAsLong();
    double seconds = Math.max(1e-3, (nowNanos - askedNanos) / NANOS_PER_SECOND);
    Map<Integer, RequestMetrics.Totals> now = metrics.totals();
    Map<KvRequest.Op, Long> nowByOp = metrics.totalsByOp();
    Map<Integer, Traffic.Rates> byGroup = new HashMap<>();
    double failed = 0;
    double retries = 0;
    for (Map.Entry<Integer, RequestMetrics.Totals> entry : now.entrySet()) {
      RequestMetrics.Totals to = entry.getValue();
      RequestMetrics.Totals from = before.getOrDefault(entry.getKey(), to);
      Traffic.Rates rates =
          new Traffic.Rates(
              (to.reads() - from.reads()) / seconds,
              (to.writes() - from.writes()) / seconds,
              (to.failed() - from.failed()) / seconds);
      byGroup.put(entry.getKey(), rates);
      failed += rates.failed();
      retries += (to.retries() - from.retries()) / seconds;
    }
    Map<String, Double> perOp = new HashMap<>();
    nowByOp.forEach((op, count) ->
        perOp.put(op.text(), (count - beforeByOp.getOrDefault(op, count)) / seconds));
    before = now;
    beforeByOp = nowByOp;
    askedNanos = nowNanos;
    return new Traffic(
        perOp,
        byGroup,
        failed,
        retries,
        inFlight.getAsInt(),
        latency(metrics.latenciesSinceLastAsked()));
  }

  private static Traffic.@Nullable Latency latency(Histogram micros) {
    return micros.getTotalCount() == 0
        ? null
        : new Traffic.Latency(
            micros.getValueAtPercentile(50),
            micros.getValueAtPercentile(99),
            micros.getValueAtPercentile(99.9));
  }
}
