package dev.flotilla.launcher.config;

import dev.flotilla.launcher.config.ClusterConfig.Endpoint;
import dev.flotilla.launcher.config.ClusterConfig.Group;
import dev.flotilla.launcher.config.ClusterConfig.Node;
import dev.flotilla.launcher.config.ClusterConfig.Tuning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/** Writes a cluster file that {@link ClusterConfigReader} reads back as the same configuration. */
public final class ClusterConfigWriter {
  private ClusterConfigWriter() {}

  /** The file's text; folders inside the cluster's own are written relative to it. */
  public static String write(ClusterConfig config) {
    StringBuilder out = new StringBuilder();
    line(
        out,
        "# A Flotilla cluster. flotilla up wrote this file and reads it again at the next start;");
    line(out, "# timings and limits may be changed while the cluster is down.");
    line(out, "cluster: " + config.clusterId());
    if (config.bootstrap()) {
      line(
          out,
          "# The groups are new: nodes without data begin them. Removed when they have begun.");
      line(out, "bootstrap: true");
    }
    line(out, "");
    line(out, "groups:");
    for (Group group : config.groups()) {
      String members =
          group.nodes().stream()
              .map(id -> config.node(id).name())
              .collect(Collectors.joining(", "));
      line(
          out,
          "  - {name: %s, id: %d, weight: %d, nodes: [%s]}"
              .formatted(group.name(), group.id(), group.weight(), members));
    }
    line(out, "");
    line(out, "nodes:");
    for (Node node : config.nodes()) {
      line(out, "  - name: " + node.name());
      line(out, "    id: " + node.id());
      line(out, "    grpc: " + endpoint(node.grpc()));
      line(out, "    http: " + endpoint(node.http()));
      line(out, "    directory: " + folder(config.directory(), node.directory()));
      if (!node.joins().isEmpty()) {
        line(out, "    join: [%s]".formatted(names(config, node)));
      }
    }
    line(out, "");
    line(out, "balancer:");
    line(out, "  http: " + endpoint(config.balancer()));
    line(out, "");
    tuning(out, config.tuning());
    return out.toString();
  }

  private static String names(ClusterConfig config, Node node) {
    return config.groups().stream()
        .filter(group -> node.joins().contains(group.id()))
        .map(Group::name)
        .collect(Collectors.joining(", "));
  }

  private static void tuning(StringBuilder out, Tuning tuning) {
    line(out, "timings:");
    duration(out, "heartbeat", tuning.raft().heartbeatNanos());
    duration(out, "election-timeout-min", tuning.raft().electionTimeoutMinNanos());
    duration(out, "election-timeout-max", tuning.raft().electionTimeoutMaxNanos());
    duration(out, "leader-lost-election", tuning.raft().leaderLostElectionNanos());
    duration(out, "leadership-transfer", tuning.raft().transferTimeoutNanos());
    duration(out, "lease-margin", tuning.raft().leaseMarginNanos());
    duration(out, "snapshot-stall", tuning.snapshots().stallNanos());
    duration(out, "request-timeout", tuning.limits().defaultTimeoutMillis() * 1_000_000L);
    line(out, "");
    line(out, "limits:");
    bytes(out, "key-bytes", tuning.maxKeyBytes());
    bytes(out, "value-bytes", tuning.maxValueBytes());
    bytes(out, "segment-bytes", tuning.wal().segmentBytes());
    bytes(out, "uncommitted-bytes", tuning.raft().maxUncommittedBytes());
    bytes(out, "log-cache-bytes", tuning.raft().maxCachedBytes());
    bytes(out, "snapshot-bytes-per-second", tuning.snapshots().bytesPerSecond());
    bytes(out, "mailbox-bytes", tuning.limits().maxMailboxBytes());
    line(out, "  mailbox-requests: " + tuning.limits().maxMailboxRequests());
    bytes(out, "peer-bytes", tuning.limits().maxPeerBytes());
    bytes(out, "compact-bytes", tuning.limits().compactBytes());
    line(out, "  compact-entries: " + tuning.limits().compactEntries());
    bytes(out, "keep-bytes", tuning.limits().keepBytes());
    bytes(out, "wal-bytes", tuning.limits().maxWalBytes());
    bytes(out, "disk-reserve-bytes", tuning.limits().diskReserveBytes());
    line(out, "");
    line(out, "reads:");
    line(out, "  lease: " + tuning.raft().leaseReads());
  }

  private static String endpoint(Endpoint endpoint) {
    return endpoint.listen().equals(endpoint.advertise())
        ? quote(endpoint.listen().toString())
        : "{listen: %s, advertise: %s}"
            .formatted(quote(endpoint.listen().toString()), quote(endpoint.advertise().toString()));
  }

  private static String folder(Path base, Path folder) {
    return quote((folder.startsWith(base) ? base.relativize(folder) : folder).toString());
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static void duration(StringBuilder out, String key, long nanos) {
    line(out, "  " + key + ": " + Units.formatDuration(Duration.ofNanos(nanos)));
  }

  private static void bytes(StringBuilder out, String key, long bytes) {
    line(out, "  " + key + ": " + Units.formatBytes(bytes));
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
