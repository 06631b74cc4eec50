package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.raft.env.Disk;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last part of the disk for the log: while less than the reserve is left, leaders refuse
 * commands, so that votes, compaction and snapshots still find room. While less than a quarter of
 * it is left, followers take no entries either: they stay in their group, vote, and catch up when
 * there is room, and a leader on another disk goes on with the others. Looks now and then, when
 * asked, and more often the less is left.
 */
final class DiskGuard {
  private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;
  private static final long LOOK_OFTEN_NANOS = 50_000_000L;

  /** With less left than so many times the reserve, a second is long enough to fill it. */
  private static final int CLOSE_FACTOR = 4;

  private static final int CRITICAL_DIVISOR = 4;

  private final Disk disk;
  private final long reserveBytes;
  private final NodeMetrics metrics;
  private final String node;
  private final NodeEvents events;
  private boolean looked;
  private long lookedNanos;
  private boolean full;
  private boolean critical;
  private long lookEveryNanos = LOOK_EVERY_NANOS;

  DiskGuard(Disk disk, long reserveBytes, NodeMetrics metrics, String node, NodeEvents events) {
    this.disk = disk;
    this.reserveBytes = reserveBytes;
    this.metrics = metrics;
    this.node = node;
    this.events = events;
  }

  /** Whether leaders refuse commands. */
  boolean isFull(long nowNanos) {
    look(nowNanos);
    return full;
  }

  /** Whether followers take no entries. */
  boolean isCritical(long nowNanos) {
    look(nowNanos);
    return critical;
  }

  private void look(long nowNanos) {
    if (looked && nowNanos - lookedNanos < lookEveryNanos) {
      return;
    }
    looked = true;
    lookedNanos = nowNanos;
    try {
      long usable = disk.usableBytes();
      boolean nowFull = usable < reserveBytes;
      if (nowFull != full) {
        log.warn(
            "{}: {} bytes left on disk, reserve is {}: {}",
            node,
            usable,
            reserveBytes,
            nowFull ? "refusing commands" : "taking commands again");
        events.tell(
            nowFull ? EventKind.EVENT_KIND_DISK_FULL : EventKind.EVENT_KIND_DISK_ROOM,
            node
                + (nowFull ? " refuses commands: " : " takes commands again: ")
                + usable
                + " bytes are left on its disk, of which "
                + reserveBytes
                + " are kept for the log");
      }
      full = nowFull;
      critical = usable < reserveBytes / CRITICAL_DIVISOR;
      lookEveryNanos = usable < CLOSE_FACTOR * reserveBytes ? LOOK_OFTEN_NANOS : LOOK_EVERY_NANOS;
      metrics.disk(usable, full);
    } catch (IOException e) {
      // Not knowing is no reason to refuse: a disk that is broken will fail the log.
      log.warn("{}: free space on disk unknown", node, e);
    }
  }
}
