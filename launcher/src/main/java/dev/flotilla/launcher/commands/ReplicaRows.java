package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where every replica of a cluster stands.
 *
 * @param leaderless groups nobody says to lead, by name
 */
record ReplicaRows(List<Row> rows, List<String> leaderless) {

  /**
   * One replica.
   *
   * @param part the replica's role, or why it is no member; empty without one
   * @param problem why there is no replica
   * @param lag entries behind the most advanced commit index of the group
   */
  record Row(
      String node,
      String group,
      long pid,
      NodeView.@Nullable Replica replica,
      String part,
      String problem,
      long lag) {}

  /** Asks all nodes at once. */
  static ReplicaRows ask(List<KnownNode> known, NodeProbe probe, boolean stateHash) {
    Map<String, String> addresses = new LinkedHashMap<>();
    known.forEach(node -> addresses.put(node.name(), node.http()));
    return of(known, probe.nodes(addresses, stateHash));
  }

  /**
   * @param views in the order of the nodes
   */
  static ReplicaRows of(List<KnownNode> known, List<NodeView> views) {
    Map<String, Long> commits = new LinkedHashMap<>();
    Map<String, NodeView.Replica> leaders = new LinkedHashMap<>();
    for (NodeView view : views) {
      for (NodeView.Replica replica : view.replicas()) {
        commits.merge(replica.group(), replica.commitIndex(), Math::max);
        if (replica.leads()) {
          leaders.merge(
              replica.group(), replica, (one, other) -> one.term() < other.term() ? other : one);
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      NodeView view = views.get(i);
      KnownNode node = known.get(i);
      if (view.problem() != null) {
        for (String group : node.groups().split(",")) {
          rows.add(new Row(node.name(), group, 0, null, "", view.problem(), 0));
        }
      }
      for (NodeView.Replica replica : view.replicas()) {
        long ahead = commits.getOrDefault(replica.group(), 0L);
        rows.add(
            new Row(
                node.name(),
                replica.group(),
                view.pid(),
                replica,
                part(node.name(), replica, leaders.get(replica.group())),
                "",
                Math.max(0, ahead - replica.appliedIndex())));
      }
    }
    Set<String> groups = new TreeSet<>();
    known.forEach(node -> groups.addAll(node.groupNames()));
    groups.removeAll(leaders.keySet());
    return new ReplicaRows(rows, List.copyOf(groups));
  }

  /** One that was removed while it could not be reached has not heard of it; its leader knows. */
  private static String part(
      String node, NodeView.Replica replica, NodeView.@Nullable Replica leader) {
    boolean removed =
        leader != null
            && replica.standing().equals("MEMBER")
            && !replica.leads()
            && !leader.names(node);
    return removed ? "REMOVED" : replica.part();
  }
}
