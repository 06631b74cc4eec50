package dev.flotilla.launcher.node;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import java.util.LinkedHashMap;
import java.util.Map;

/** A node's status in Prometheus' text format (version 0.0.4). */
final class MetricsText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, StringBuilder> families = new LinkedHashMap<>();
  private final String node;

  private MetricsText(String node) {
    this.node = node;
  }

  static String of(NodeStatus status) {
    MetricsText text = new MetricsText(status.getName());
    text.node(status);
    for (ReplicaStatus replica : status.getReplicasList()) {
      text.replica(replica);
    }
    return String.join("", text.families.values());
  }

  private void node(NodeStatus status) {
    add(
        "flotilla_build_info",
        "gauge",
        "What runs here.",
        "version=\"" + status.getVersion() + "\"",
        1);
    add(
        "flotilla_node_uptime_seconds",
        "gauge",
        "Time since the node started.",
        "",
        status.getUptimeMillis() / 1e3);
    add("flotilla_wal_size_bytes", "gauge", "The log's size on disk.", "", status.getWalBytes());
    add("flotilla_wal_fsyncs_total", "counter", "Fsyncs of the log.", "", status.getFsyncs());
  }

  private void replica(ReplicaStatus replica) {
    String group = "group=\"" + replica.getGroupName() + "\"";
    gauge(
        "raft_has_leader",
        "Whether the replica knows a leader.",
        group,
        replica.getLeader() != 0 ? 1 : 0);
    gauge(
        "raft_is_leader",
        "Whether the replica leads.",
        group,
        replica.getRole() == Role.ROLE_LEADER ? 1 : 0);
    gauge(
        "raft_failed",
        "Whether the replica stopped itself.",
        group,
        replica.getRole() == Role.ROLE_FAILED ? 1 : 0);
    gauge("raft_term", "The replica's term.", group, replica.getTerm());
    gauge("raft_commit_index", "Last index known committed.", group, replica.getCommitIndex());
    gauge("raft_applied_index", "Last index applied.", group, replica.getAppliedIndex());
    gauge("raft_first_index", "First index still in the log.", group, replica.getFirstIndex());
    gauge("raft_last_index", "Last index in the log.", group, replica.getLastIndex());
    counter(
        "raft_elections_total", "Campaigns this replica started.", group, replica.getElections());
    counter(
        "raft_leader_changes_total", "Changes of leader seen.", group, replica.getLeaderChanges());
    counter("raft_snapshot_sent_total", "Snapshots sent.", group, replica.getSnapshotsSent());
    counter(
        "raft_snapshot_installed_total",
        "Snapshots installed.",
        group,
        replica.getSnapshotsInstalled());
    gauge("raft_voters", "Voters of the membership it knows.", group, replica.getVotersCount());
    gauge(
        "raft_learners", "Learners of the membership it knows.", group, replica.getLearnersCount());
    counter("raft_compactions_total", "Compactions of the log.", group, replica.getCompactions());
    for (PeerProgress peer : replica.getPeersList()) {
      String labels = group + ",peer=\"n" + peer.getNode() + "\"";
      gauge(
          "raft_peer_lag_entries",
          "Entries the peer has still to acknowledge.",
          labels,
          Math.max(0, replica.getLastIndex() - peer.getMatchIndex()));
      gauge(
          "raft_peer_last_contact_seconds",
          "Time since the peer was last heard.",
          labels,
          peer.getSinceContactMillis() / 1e3);
    }
  }

  private void gauge(String name, String help, String labels, double value) {
    add("flotilla_" + name, "gauge", help, labels, value);
  }

  private void counter(String name, String help, String labels, double value) {
    add("flotilla_" + name, "counter", help, labels, value);
  }

  private void add(String name, String type, String help, String labels, double value) {
    StringBuilder family =
        families.computeIfAbsent(
            name,
            key ->
                new StringBuilder()
                    .append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(help)
                    .append('\n')
                    .append("# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(type)
                    .append('\n'));
    family
        .append(name)
        .append("{node=\"")
        .append(node)
        .append('"')
        .append(labels.isEmpty() ? "" : "," + labels)
        .append("} ")
        .append(
            value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value))
        .append('\n');
  }
}
