package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.LogReader;
import java.util.List;

/** One group's part of the node's log. Writes are buffered until {@link WriteAheadLog#sync()}. */
public interface GroupLog extends LogReader {
  HardState hardState();

  /**
   * Writes entries; the first one's index decides whether a tail is replaced. Must leave no gap.
   */
  void append(List<Entry> entries);

  void setHardState(HardState hardState);

  /** Forgets everything up to the base; entries after it stay. */
  void compactTo(LogBase base);

  /** Empties the log and starts it anew after the base (a snapshot took its place). */
  void resetTo(LogBase base);

  /** Bytes of log this group holds that compaction could give back. */
  long sizeBytes();
}
