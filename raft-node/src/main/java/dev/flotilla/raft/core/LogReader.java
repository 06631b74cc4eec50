package dev.flotilla.raft.core;

import java.util.List;

/** Read access to the stored log of one group. Implemented by the write-ahead log. */
public interface LogReader {
  /** The position just before the first entry, with the membership in force there. */
  LogBase base();

  /** Index of the last entry, or {@code base().index()} when there is none. */
  long lastIndex();

  /**
   * Entries {@code from..to}, both included and both within the log, in order; at least one, and as
   * many more as fit into {@code maxBytes} by {@link Entry#sizeBytes()}.
   *
   * @throws java.io.UncheckedIOException when the disk fails or a record is damaged
   */
  List<Entry> read(long from, long to, long maxBytes);
}
