package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.raft.runtime.DurationStat;
import dev.flotilla.raft.runtime.GroupMetrics;
import dev.flotilla.raft.runtime.NodeMetrics;
import dev.flotilla.raft.transport.NodeServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A node's counters and timers as Micrometer's meters. They are read when somebody scrapes; the
 * node's threads know nothing of it.
 *
 * <p>Timers are kept in buckets of powers of two already, so they are given to Prometheus as the
 * histograms they are: Micrometer's own would time everything a second time.
 */
final class NodeMeters {
  /** The finest bucket ends at 16 µs, the coarsest at 17 s. */
  private static final int FIRST_POWER = 14;

  private static final int LAST_POWER = 34;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final String node;
  private final Map<Integer, String> groupNames;
  private final NodeMetrics metrics;

  /**
   * @param groupNames of the groups the node may host, by id
   */
  NodeMeters(String node, Map<Integer, String> groupNames, NodeMetrics metrics) {
    this.node = node;
    this.groupNames = groupNames;
    this.metrics = metrics;
    Gauge.builder("flotilla_node_loop_busy_ratio", metrics, NodeMeters::busyRatio)
        .description("Share of the time since its start that the node's loop was working.")
        .tag("node", node)
        .register(registry);
    timer(
        "flotilla_wal_fsync_duration_seconds",
        "One write and fsync of the log, for all groups.",
        Map.of(Labels.of("node", node), metrics.fsync()));
    groupTimer(
        "flotilla_raft_commit_duration_seconds",
        "From proposing an entry to its commit.",
        GroupMetrics::commit);
    groupTimer(
        "flotilla_raft_apply_duration_seconds",
        "One page of entries applied to the state machine.",
        GroupMetrics::apply);
    metrics.groups().forEach(this::group);
  }

  /** What the node's gRPC door refused. */
  void doors(NodeServer server, Network network) {
    server
        .refusedCalls()
        .forEach((code, count) ->
            FunctionCounter.builder("flotilla_node_calls_refused", count, AtomicLong::doubleValue)
                .description("gRPC calls ended with an error: no message, too large, unknown.")
                .tags("node", node, "code", code.name().toLowerCase(Locale.ROOT))
                .register(registry));
    FunctionCounter.builder(
            "flotilla_node_connections_refused", network, Network::refusedConnections)
        .description("gRPC connections closed by the process because too many were open.")
        .tag("node", node)
        .register(registry);
  }

  /** Everything, in Prometheus' text format. */
  String scrape() {
    return registry.scrape(MetricsText.CONTENT_TYPE);
  }

  private static double busyRatio(NodeMetrics metrics) {
    return metrics.busyRatio(System.nanoTime());
  }

  private static double waitsForRoom(GroupMetrics of) {
    return of.waitsForRoom() ? 1 : 0;
  }

  private String groupName(int group) {
    return groupNames.getOrDefault(group, "g" + group);
  }

  private void group(int group, GroupMetrics of) {
    Tags tags = Tags.of("node", node, "group", groupName(group));
    counter(
        "flotilla_raft_heartbeats_sent",
        "Heartbeats sent.",
        tags,
        of,
        GroupMetrics::heartbeatsSent);
    counter(
        "flotilla_raft_heartbeats_acked",
        "Answers to heartbeats.",
        tags,
        of,
        GroupMetrics::heartbeatsAcked);
    String proposals = "flotilla_raft_proposals";
    String help = "Commands answered.";
    counter(proposals, help, tags.and("outcome", "applied"), of, GroupMetrics::proposalsApplied);
    counter(
        proposals, help, tags.and("outcome", "not_applied"), of, GroupMetrics::proposalsNotApplied);
    counter(proposals, help, tags.and("outcome", "unknown"), of, GroupMetrics::proposalsUnknown);
    counter("flotilla_raft_reads", "Queries answered.", tags, of, GroupMetrics::reads);
    Gauge.builder("flotilla_raft_proposals_pending", of, GroupMetrics::pendingRequests)
        .description("Requests taken and not answered yet.")
        .tags(tags)
        .register(registry);
    Gauge.builder("flotilla_raft_waits_for_room", of, NodeMeters::waitsForRoom)
        .description("Whether there is no room on the disk to apply what is committed.")
        .tags(tags)
        .register(registry);
  }

  private void counter(
      String name, String help, Tags tags, GroupMetrics of, ToDoubleFunction<GroupMetrics> count) {
    FunctionCounter.builder(name, of, count).description(help).tags(tags).register(registry);
  }

  private void groupTimer(String name, String help, Function<GroupMetrics, DurationStat> timerOf) {
    Map<Labels, DurationStat> timers = new LinkedHashMap<>();
    metrics
        .groups()
        .forEach((group, of) ->
            timers.put(Labels.of("node", node, "group", groupName(group)), timerOf.apply(of)));
    timer(name, help, timers);
  }

  private void timer(String name, String help, Map<Labels, DurationStat> timers) {
    registry
        .getPrometheusRegistry()
        .register(() -> {
          HistogramSnapshot.Builder histogram = HistogramSnapshot.builder().name(name).help(help);
          timers.forEach((labels, stat) -> histogram.dataPoint(point(labels, stat)));
          return histogram.build();
        });
  }

  private static HistogramDataPointSnapshot point(Labels labels, DurationStat stat) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long count = 0;
    for (int power = 0; power < FIRST_POWER; power++) {
      count += stat.inBucket(power);
    }
    buckets.bucket((1L << FIRST_POWER) / NANOS_PER_SECOND, count);
    for (int power = FIRST_POWER; power < LAST_POWER; power++) {
      buckets.bucket((2L << power) / NANOS_PER_SECOND, stat.inBucket(power));
    }
    long longer = 0;
    for (int power = LAST_POWER; power < Long.SIZE; power++) {
      longer += stat.inBucket(power);
    }
    buckets.bucket(Double.POSITIVE_INFINITY, longer);
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(buckets.build())
        .sum(stat.totalNanos() / NANOS_PER_SECOND)
        .build();
  }
}
