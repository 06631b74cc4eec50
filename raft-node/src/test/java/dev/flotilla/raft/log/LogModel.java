package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The simplest thing a log can be compared with: the states it went through, record by record, and
 * which of them was synced last. After a crash the log must be in that state or in a later one.
 */
final class LogModel {
  /** One group in one state; never changed. */
  record Group(LogBase base, HardState hardState, List<String> entries) {
    long lastIndex() {
      return base.index() + entries.size();
    }
  }

  private final List<Map<Integer, Group>> history = new ArrayList<>();

  LogModel() {
    history.add(new TreeMap<>());
  }

  Map<Integer, Group> latest() {
    return history.getLast();
  }

  Group group(int group) {
    Group found = latest().get(group);
    if (found == null) {
      throw new IllegalArgumentException("no group " + group);
    }
    return found;
  }

  void create(int group, LogBase base) {
    put(group, new Group(base, HardState.INITIAL, List.of()));
  }

  void remove(int group) {
    Map<Integer, Group> next = new TreeMap<>(latest());
    next.remove(group);
    history.add(next);
  }

  void setHardState(int group, HardState hardState) {
    Group old = group(group);
    put(group, new Group(old.base, hardState, old.entries));
  }

  /** One state for each entry: a crash may come between them. */
  void append(int group, List<Entry> entries) {
    for (Entry entry : entries) {
      Group old = group(group);
      int keep = (int) (entry.index() - old.base.index() - 1);
      List<String> all = new ArrayList<>(old.entries.subList(0, keep));
      all.add(Logs.describe(entry));
      put(group, new Group(old.base, old.hardState, all));
    }
  }

  void compactTo(int group, LogBase base) {
    Group old = group(group);
    int dropped = (int) (base.index() - old.base.index());
    put(
        group,
        new Group(
            base, old.hardState, List.copyOf(old.entries.subList(dropped, old.entries.size()))));
  }

  void resetTo(int group, LogBase base) {
    put(group, new Group(base, group(group).hardState, List.of()));
  }

  /** The latest state is durable: earlier ones must not be seen again. */
  void synced() {
    Map<Integer, Group> latest = latest();
    history.clear();
    history.add(latest);
  }

  /** The log was found in this state: it is the only one from now on. Fails when it cannot be. */
  void recoveredTo(Map<Integer, Group> found) {
    if (!history.contains(found)) {
      throw new AssertionError(
          "recovered\n  "
              + found
              + "\nwhich is none of the "
              + history.size()
              + " possible states, from\n  "
              + history.getFirst()
              + "\nto\n  "
              + latest());
    }
    history.clear();
    history.add(found);
  }

  private void put(int group, Group state) {
    Map<Integer, Group> next = new TreeMap<>(latest());
    next.put(group, state);
    history.add(next);
  }

  static Map<Integer, Group> of(WriteAheadLog log) {
    Map<Integer, Group> groups = new TreeMap<>();
    for (int id : log.groups()) {
      GroupLog group = log.group(id).orElseThrow();
      groups.put(id, new Group(group.base(), group.hardState(), Logs.all(group)));
    }
    return groups;
  }
}
