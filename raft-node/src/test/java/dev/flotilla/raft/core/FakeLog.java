package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.List;

/** A log on a disk that never lies: what is written here is durable. */
final class FakeLog implements LogReader {
  private LogBase base;
  private final List<Entry> entries = new ArrayList<>();
  HardState hardState = HardState.INITIAL;

  /** How many reads went past the core's memory. */
  int reads;

  FakeLog(LogBase base) {
    this.base = base;
  }

  static FakeLog ofVoters(Integer... voters) {
    return new FakeLog(
        new LogBase(0, 0, Membership.ofVoters(new java.util.TreeSet<>(List.of(voters)))));
  }

  @Override
  public LogBase base() {
    return base;
  }

  @Override
  public long lastIndex() {
    return base.index() + entries.size();
  }

  Entry get(long index) {
    return entries.get((int) (index - base.index() - 1));
  }

  long termAt(long index) {
    return index == base.index() ? base.term() : get(index).term();
  }

  boolean holds(long index, long term) {
    if (index <= base.index()) {
      return true; // covered by a state that held it; equality of states is checked elsewhere
    }
    return index <= lastIndex() && termAt(index) == term;
  }

  @Override
  public List<Entry> read(long from, long to, long maxBytes) {
    if (from <= base.index() || to > lastIndex() || from > to) {
      throw new IllegalArgumentException(
          "read " + from + ".." + to + " of " + (base.index() + 1) + ".." + lastIndex());
    }
    reads++;
    List<Entry> read = new ArrayList<>();
    long bytes = 0;
    for (long index = from; index <= to; index++) {
      bytes += get(index).sizeBytes();
      if (!read.isEmpty() && bytes > maxBytes) {
        break;
      }
      read.add(get(index));
    }
    return read;
  }

  /** Returns how many entries were replaced. */
  int append(List<Entry> added) {
    long first = added.getFirst().index();
    if (first <= base.index() || first > lastIndex() + 1) {
      throw new IllegalArgumentException(
          "append at " + first + " to " + (base.index() + 1) + ".." + lastIndex());
    }
    int replaced = (int) (lastIndex() - first + 1);
    entries.subList(entries.size() - replaced, entries.size()).clear();
    entries.addAll(added);
    return replaced;
  }

  void compactTo(LogBase newBase) {
    entries.subList(0, (int) (newBase.index() - base.index())).clear();
    base = newBase;
  }

  void resetTo(LogBase newBase) {
    entries.clear();
    base = newBase;
  }
}
