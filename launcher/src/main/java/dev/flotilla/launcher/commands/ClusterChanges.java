package dev.flotilla.launcher.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is different from one look at the cluster to the next, in words. */
final class ClusterChanges {
  private final Map<String, String> parts = new TreeMap<>();
  private boolean first = true;

  /** The first look tells nothing: everything would be new. */
  List<String> since(ReplicaRows now) {
    List<String> changes = new ArrayList<>();
    Map<String, String> seen = new TreeMap<>();
    for (ReplicaRows.Row row : now.rows()) {
      String who = row.node() + " in " + row.group();
      String part = row.replica() == null ? row.problem() : row.part().toLowerCase(Locale.ROOT);
      seen.put(who, part);
      String before = parts.getOrDefault(who, "new");
      if (!first && !before.equals(part)) {
        changes.add(
            who
                + ": "
                + before
                + " -> "
                + part
                + (row.replica() == null ? "" : ", term " + row.replica().term()));
      }
    }
    parts.keySet().stream()
        .filter(who -> !seen.containsKey(who))
        .forEach(who -> changes.add(who + ": " + parts.get(who) + " -> gone"));
    parts.clear();
    parts.putAll(seen);
    first = false;
    return changes;
  }
}
