package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.kv.KvStats;
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
import java.io.File;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
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
    groupTimer(
        "flotilla_raft_snapshot_checkpoint_duration_seconds",
        "One checkpoint of the state machine taken for a snapshot.",
        GroupMetrics::checkpoint);
    groupTimer(
        "flotilla_raft_snapshot_install_duration_seconds",
        "One snapshot installed into the state machine.",
        GroupMetrics::install);
    groupTimer(
        "flotilla_raft_state_flush_duration_seconds",
        "One flush of the state machine, asked for to shorten the log.",
        GroupMetrics::flush);
    metrics.groups().forEach(this::group);
    node();
  }

  private void node() {
    gauge(
        "flotilla_node_applier_busy_ratio",
        "Share of the time since its start that the node's applier was working.",
        of -> of.applierBusyRatio(System.nanoTime()));
    gauge(
        "flotilla_node_disk_full",
        "Whether commands are refused because too little is left on the disk.",
        of -> of.diskFull() ? 1 : 0);
    nodeCounter(
        "flotilla_node_requests", "Requests taken from clients.", NodeMetrics::requestsReceived);
    nodeCounter(
        "flotilla_node_requests_overloaded",
        "Requests refused because too many were waiting.",
        NodeMetrics::requestsOverloaded);
    nodeCounter(
        "flotilla_node_peer_batches_dropped",
        "Batches of peers' messages dropped because too many were waiting; they are sent again.",
        NodeMetrics::peerBatchesDropped);
    nodeCounter(
        "flotilla_node_peer_messages_refused",
        "Peers' messages that were malformed, misaddressed or for a group not hosted here.",
        NodeMetrics::peerMessagesRefused);
    nodeCounter(
        "flotilla_wal_written_bytes",
        "Bytes written to the log since the process began, padding included.",
        NodeMetrics::walWrittenBytes);
  }

  private void gauge(String name, String help, ToDoubleFunction<NodeMetrics> value) {
    Gauge.builder(name, metrics, value).description(help).tag("node", node).register(registry);
  }

  private void nodeCounter(String name, String help, ToDoubleFunction<NodeMetrics> count) {
    FunctionCounter.builder(name, metrics, count)
        .description(help)
        .tag("node", node)
        .register(registry);
  }

  /** The disk that the node's folder lies on. */
  void disk(Path directory) {
    File folder = directory.toFile();
    // As suppliers: of an object a gauge keeps a weak reference only, and nobody else holds this
    // one.
    Gauge.builder("flotilla_disk_usable_bytes", folder::getUsableSpace)
        .description("What the node may still write to the disk under its folder.")
        .tag("node", node)
        .register(registry);
    Gauge.builder("flotilla_disk_total_bytes", folder::getTotalSpace)
        .description("The size of the disk under the node's folder.")
        .tag("node", node)
        .register(registry);
  }

  /**
   * What the groups hold.
   *
   * @param statsOf a group's figures; none before it is open
   */
  void keys(IntFunction<Optional<KvStats>> statsOf) {
    metrics
        .groups()
        .keySet()
        .forEach(group -> {
          Tags tags = Tags.of("node", node, "group", groupName(group));
          Gauge.builder(
                  "flotilla_kv_keys", () -> statsOf.apply(group).map(KvStats::keys).orElse(0L))
              .description("Keys stored; expired ones count until they are swept.")
              .tags(tags)
              .register(registry);
          Gauge.builder(
                  "flotilla_kv_bytes", () -> statsOf.apply(group).map(KvStats::keyBytes).orElse(0L))
              .description("Bytes of all keys and values stored, without overhead.")
              .tags(tags)
              .register(registry);
        });
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
    counter(
        "flotilla_raft_snapshot_taken",
        "Checkpoints taken to send as snapshots.",
        tags,
        of,
        GroupMetrics::snapshotsTaken);
    counter(
        "flotilla_raft_snapshot_failed",
        "Snapshots that could not be sent.",
        tags,
        of,
        GroupMetrics::snapshotsFailed);
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
