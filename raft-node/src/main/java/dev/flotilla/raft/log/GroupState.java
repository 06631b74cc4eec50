package dev.flotilla.raft.log;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;

/**
 * What the log knows of one group. The same methods change it when records are written and when
 * they are replayed, so that a restart cannot arrive at another state.
 *
 * <p>Invariant: {@code entries} holds exactly the indexes after {@code base.index()} without a gap.
 */
final class GroupState {
  final int group;
  private final EntryIndex entries;
  private LogBase base;
  private HardState hardState = HardState.INITIAL;

  GroupState(int group, LogBase base) {
    this.group = group;
    this.base = base;
    this.entries = new EntryIndex(base.index() + 1);
  }

  LogBase base() {
    return base;
  }

  HardState hardState() {
    return hardState;
  }

  long lastIndex() {
    return entries.lastIndex();
  }

  EntryIndex entries() {
    return entries;
  }

  void setHardState(HardState hardState) {
    this.hardState = hardState;
  }

  /**
   * Throws unless an entry may stand at the index: directly after the last one, or in place of one.
   */
  void checkAppend(long index) {
    if (index <= base.index() || index > lastIndex() + 1) {
      throw new IllegalArgumentException(
          "group "
              + group
              + ": entry "
              + index
              + " does not fit a log of "
              + (base.index() + 1)
              + ".."
              + lastIndex());
    }
  }

  /** Drops the entry at the index and everything after it, to make place for another. */
  void truncateFrom(long index) {
    entries.truncateFrom(index);
  }

  /** Takes the entry after the last one. */
  void append(long location, int payloadLength) {
    entries.append(location, payloadLength);
  }

  void checkCompact(LogBase newBase) {
    if (newBase.index() < base.index() || newBase.index() > lastIndex()) {
      throw new IllegalArgumentException(
          "group "
              + group
              + ": base "
              + newBase.index()
              + " lies outside a log of "
              + (base.index() + 1)
              + ".."
              + lastIndex());
    }
  }

  void compactTo(LogBase newBase) {
    checkCompact(newBase);
    entries.dropThrough(newBase.index());
    base = newBase;
  }

  void resetTo(LogBase newBase) {
    entries.restartAt(newBase.index() + 1);
    base = newBase;
  }
}
