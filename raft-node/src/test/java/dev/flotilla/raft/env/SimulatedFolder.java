package dev.flotilla.raft.env;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A simulated folder: the names as seen, the names on the platter, and the changes that are not
 * there yet.
 */
final class SimulatedFolder implements SimulatedNode {
  private final TreeMap<String, SimulatedNode> seen = new TreeMap<>();
  private final TreeMap<String, SimulatedNode> durable = new TreeMap<>();

  /** Each change is atomic: the names it sets, or removes where the value is empty. */
  private final List<SortedMap<String, Optional<SimulatedNode>>> pending = new ArrayList<>();

  Optional<SimulatedNode> get(String name) {
    return Optional.ofNullable(seen.get(name));
  }

  List<String> names() {
    return List.copyOf(seen.keySet());
  }

  boolean isEmpty() {
    return seen.isEmpty();
  }

  void set(String name, SimulatedNode node) {
    change(new TreeMap<>(Map.of(name, Optional.of(node))));
  }

  void remove(String name) {
    change(new TreeMap<>(Map.of(name, Optional.empty())));
  }

  void rename(String from, String to, SimulatedNode node) {
    TreeMap<String, Optional<SimulatedNode>> both = new TreeMap<>();
    both.put(from, Optional.empty());
    both.put(to, Optional.of(node));
    change(both);
  }

  void sync() {
    pending.forEach(change -> apply(change, durable));
    pending.clear();
  }

  /** The power goes: any of the unsynced changes may have reached the platter, none has to. */
  void crash(RandomGenerator random, boolean wholeSectors) {
    double chance = random.nextDouble();
    for (SortedMap<String, Optional<SimulatedNode>> change : pending) {
      if (random.nextDouble() < chance) {
        apply(change, durable);
      }
    }
    settle();
    for (SimulatedNode node : seen.values()) {
      switch (node) {
        case SimulatedFolder folder -> folder.crash(random, wholeSectors);
        case SimulatedInode file -> file.crash(random, wholeSectors);
      }
    }
  }

  /** Only what was synced remains. */
  void dropUnsynced() {
    settle();
    for (SimulatedNode node : seen.values()) {
      switch (node) {
        case SimulatedFolder folder -> folder.dropUnsynced();
        case SimulatedInode file -> file.dropUnsynced();
      }
    }
  }

  SimulatedFolder copyDurable() {
    SimulatedFolder copy = new SimulatedFolder();
    durable.forEach((name, node) ->
        copy.durable.put(
            name,
            switch (node) {
              case SimulatedFolder folder -> folder.copyDurable();
              case SimulatedInode file -> file.copyDurable();
            }));
    copy.settle();
    return copy;
  }

  /** Marks the files that have names; returns the bytes in them. */
  long linkAll() {
    long bytes = 0;
    for (SimulatedNode node : seen.values()) {
      switch (node) {
        case SimulatedFolder folder -> bytes += folder.linkAll();
        case SimulatedInode file -> {
          file.setLinked(true);
          bytes += file.size();
        }
      }
    }
    return bytes;
  }

  void evict() {
    for (SimulatedNode node : seen.values()) {
      switch (node) {
        case SimulatedFolder folder -> folder.evict();
        case SimulatedInode file -> file.evict();
      }
    }
  }

  void collectFiles(String prefix, SortedMap<String, Long> files) {
    seen.forEach((name, node) -> {
      switch (node) {
        case SimulatedFolder folder -> folder.collectFiles(prefix + name + "/", files);
        case SimulatedInode file -> files.put(prefix + name, (long) file.size());
      }
    });
  }

  private void settle() {
    pending.clear();
    seen.clear();
    seen.putAll(durable);
  }

  private void change(SortedMap<String, Optional<SimulatedNode>> change) {
    apply(change, seen);
    pending.add(change);
  }

  private static void apply(
      SortedMap<String, Optional<SimulatedNode>> change, SortedMap<String, SimulatedNode> names) {
    change.forEach((name, node) -> {
      if (node.isPresent()) {
        names.put(name, node.get());
      } else {
        names.remove(name);
      }
    });
  }
}
