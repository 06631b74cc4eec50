package dev.flotilla.raft.runtime;

import dev.flotilla.raft.log.GroupLog;

/**
 * When one group's log is worth shortening, and to where. By bytes and by entries (H53), whatever
 * the replica's role: followers fill their disks too (H52).
 *
 * <p>Two steps: the state machine is flushed, which takes a while on its own thread; then the log
 * is cut where the flushed state covers it, less what is kept for followers that are a little
 * behind.
 */
final class CompactionPolicy {
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final long compactBytes;
  private final long compactEntries;
  private final long keepBytes;

  /** Applied since the last flush for compaction. */
  private long entries;

  private long bytes;
  private boolean flushing;
  private boolean forced;

  /** What had been applied when the flush under way was asked for. */
  private long begunEntries;

  private long begunBytes;
  private long notBeforeNanos;

  CompactionPolicy(NodeOptions.Limits limits, GroupLog log, long nowNanos) {
    notBeforeNanos = nowNanos;
    compactBytes = limits.compactBytes();
    compactEntries = limits.compactEntries();
    keepBytes = limits.keepBytes();
    entries = log.lastIndex() - log.base().index();
    bytes = log.sizeBytes();
  }

  void applied(long count, long size) {
    entries += count;
    bytes += size;
  }

  boolean isDue(long nowNanos) {
    return mayFlush(nowNanos) && (bytes >= compactBytes || entries >= compactEntries);
  }

  boolean mayFlush(long nowNanos) {
    return !flushing && nowNanos - notBeforeNanos >= 0;
  }

  /** The flush found no room. */
  void failed(long nowNanos) {
    flushing = false;
    entries += begunEntries;
    bytes += begunBytes;
    notBeforeNanos = nowNanos + RETRY_NANOS;
  }

  /**
   * The flush was asked for. {@code force}: the node's log is over its limit, keep nothing back.
   */
  void begin(boolean force) {
    flushing = true;
    forced = force;
    begunEntries = entries;
    begunBytes = bytes;
    entries = 0;
    bytes = 0;
  }

  /** Where to cut now that the state up to {@code flushedIndex} is durable. */
  long end(long flushedIndex, GroupLog log) {
    flushing = false;
    if (forced) {
      return flushedIndex;
    }
    long held = log.lastIndex() - log.base().index();
    if (held <= 0 || keepBytes <= 0) {
      return flushedIndex;
    }
    // Entries differ in size; their mean is good enough for a reserve.
    long meanBytes = Math.max(1, log.sizeBytes() / held);
    return Math.min(flushedIndex, log.lastIndex() - keepBytes / meanBytes);
  }
}
