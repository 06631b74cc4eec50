package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.NodeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State hashes of replicas, gathered over some time. Each is of an applied index; those of one
 * group at one index must be equal. A replica counts as compared once its hash at some index was
 * seen from another replica too.
 */
final class StateComparison {
  /** Indexes remembered for each group; older ones will not be met again. */
  private static final int MOST_INDEXES = 10_000;

  /** What was seen of a group. */
  private static final class Seen {
    final Set<String> nodes = new TreeSet<>();
    final Set<String> compared = new TreeSet<>();
    final Set<String> differing = new TreeSet<>();
    final NavigableMap<Long, Map<String, String>> hashes = new TreeMap<>();
    long index;
    String hash = "";
  }

  /**
   * What came out for a group.
   *
   * @param same those that were compared and agree with the majority
   * @param index the last that several were compared at; 0 = none
   * @param differing those with a hash that most do not have
   * @param uncompared those that were never seen at an index with another
   */
  record Verdict(
      String group,
      List<String> same,
      long index,
      String hash,
      List<String> differing,
      List<String> uncompared) {}

  private final Map<String, Seen> groups = new TreeMap<>();

  /** Takes note of what every replica says at the moment. */
  void add(List<ReplicaRows.Row> rows) {
    for (ReplicaRows.Row row : rows) {
      if (row.group().isEmpty()) {
        continue;
      }
      Seen seen = groups.computeIfAbsent(row.group(), group -> new Seen());
      NodeView.Replica replica = row.replica();
      boolean belongs = replica == null || !isOutside(row.part());
      if (belongs) {
        seen.nodes.add(row.node());
      }
      if (replica != null && belongs && replica.stateHash() != null) {
        add(seen, row.node(), replica.appliedIndex(), replica.stateHash());
      }
    }
  }

  private static boolean isOutside(String part) {
    return switch (part) {
      case "REMOVED", "JOINING", "REPLACED" -> true;
      default -> false;
    };
  }

  private static void add(Seen seen, String node, long index, String hash) {
    Map<String, String> at = seen.hashes.computeIfAbsent(index, none -> new TreeMap<>());
    at.put(node, hash);
    if (at.size() > 1) {
      seen.compared.addAll(at.keySet());
      seen.index = index;
      seen.hash = mostFrequent(at);
      at.forEach((who, found) -> {
        if (!found.equals(seen.hash)) {
          seen.differing.add(who);
        }
      });
    }
    while (seen.hashes.size() > MOST_INDEXES) {
      seen.hashes.pollFirstEntry();
    }
  }

  private static String mostFrequent(Map<String, String> hashes) {
    Map<String, Integer> counts = new HashMap<>();
    String best = "";
    for (String hash : hashes.values()) {
      if (counts.merge(hash, 1, Integer::sum) > counts.getOrDefault(best, 0) || best.isEmpty()) {
        best = hash;
      }
    }
    return best;
  }

  /** Whether every replica was compared, or one is known to differ. */
  boolean isComplete() {
    return groups.values().stream()
        .allMatch(seen -> !seen.differing.isEmpty() || seen.compared.containsAll(seen.nodes));
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    groups.forEach((group, seen) -> {
      Set<String> same = new TreeSet<>(seen.compared);
      same.removeAll(seen.differing);
      Set<String> uncompared = new TreeSet<>(seen.nodes);
      uncompared.removeAll(seen.compared);
      verdicts.add(
          new Verdict(
              group,
              List.copyOf(same),
              seen.index,
              seen.hash,
              List.copyOf(seen.differing),
              List.copyOf(uncompared)));
    });
    return verdicts;
  }
}
