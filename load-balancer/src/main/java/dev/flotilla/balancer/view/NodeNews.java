package dev.flotilla.balancer.view;

import dev.flotilla.balancer.view.FeedItem.Severity;
import dev.flotilla.proto.admin.v1.NodeEvent;
import java.util.Optional;

/** What of a node's events belongs into the feed, and how bad it is. */
final class NodeNews {
  private NodeNews() {}

  /** Empty for what others tell better: that a follower follows is said by its leader leading. */
  static Optional<FeedItem> of(int node, NodeEvent event) {
    return switch (event.getKind()) {
      case EVENT_KIND_LEADER -> item(node, event, "leader", Severity.INFO);
      case EVENT_KIND_CAMPAIGN -> item(node, event, "election", Severity.WARN);
      case EVENT_KIND_MEMBERS -> item(node, event, "members", Severity.INFO);
      case EVENT_KIND_REMOVED, EVENT_KIND_STRANGER -> item(node, event, "members", Severity.WARN);
      case EVENT_KIND_SNAPSHOT -> item(node, event, "snapshot", Severity.INFO);
      case EVENT_KIND_FAILED -> item(node, event, "failed", Severity.BAD);
      case EVENT_KIND_DISK_FULL -> item(node, event, "disk", Severity.BAD);
      case EVENT_KIND_DISK_ROOM -> item(node, event, "disk", Severity.INFO);
      case EVENT_KIND_STARTED, EVENT_KIND_STOPPING ->
          item(node, event, "configuration", Severity.INFO);
      case EVENT_KIND_FOLLOWS, EVENT_KIND_NO_LEADER, EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          Optional.empty();
    };
  }

  private static Optional<FeedItem> item(
      int node, NodeEvent event, String kind, Severity severity) {
    return Optional.of(
        new FeedItem(
            0,
            event.getAtMillis(),
            kind,
            severity,
            event.getGroup() == 0 ? null : event.getGroupName(),
            "n" + node,
            event.getTerm(),
            event.getText()));
  }
}
