package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.config.ClusterConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The order in which nodes end: within a group one after the other, groups side by side. A node of
 * several groups stands in the first.
 */
final class StopOrder {
  private StopOrder() {}

  /** One sequence of node names per group; every node stands in exactly one. */
  static List<List<String>> of(ClusterConfig config) {
    Set<Integer> placed = new HashSet<>();
    List<List<String>> sequences = new ArrayList<>();
    for (ClusterConfig.Group group : config.groups()) {
      sequences.add(
          group.nodes().stream().filter(placed::add).map(id -> config.node(id).name()).toList());
    }
    sequences.add(
        config.nodes().stream()
            .filter(node -> placed.add(node.id()))
            .map(ClusterConfig.Node::name)
            .toList());
    return sequences;
  }
}
