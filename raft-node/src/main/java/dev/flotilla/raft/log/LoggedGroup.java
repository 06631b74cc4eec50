package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import java.util.List;

/** The face of one group's log; the work is the node's log's. */
final class LoggedGroup implements GroupLog {
  private final WriteAheadLog log;
  private final GroupState state;

  LoggedGroup(WriteAheadLog log, GroupState state) {
    this.log = log;
    this.state = state;
  }

  @Override
  public LogBase base() {
    return state.base();
  }

  @Override
  public long lastIndex() {
    return state.lastIndex();
  }

  @Override
  public HardState hardState() {
    return state.hardState();
  }

  @Override
  public long sizeBytes() {
    return state.entries().sizeBytes();
  }

  @Override
  public List<Entry> read(long from, long to, long maxBytes) {
    return log.read(state, from, to, maxBytes);
  }

  @Override
  public void append(List<Entry> entries) {
    log.append(state, entries);
  }

  @Override
  public void setHardState(HardState hardState) {
    log.setHardState(state, hardState);
  }

  @Override
  public void compactTo(LogBase base) {
    log.compactTo(state, base);
  }

  @Override
  public void resetTo(LogBase base) {
    log.resetTo(state, base);
  }
}
