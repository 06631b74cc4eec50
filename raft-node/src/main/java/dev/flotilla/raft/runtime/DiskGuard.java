package dev.flotilla.raft.runtime;

import dev.flotilla.raft.env.Disk;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last part of the disk for the log: while less than the reserve is left, leaders refuse
 * commands, so that votes, compaction and snapshots still find room. Looks now and then, when
 * asked.
 */
final class DiskGuard {
  private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  private final Disk disk;
  private final long reserveBytes;
  private final NodeMetrics metrics;
  private final String node;
  private boolean looked;
  private long lookedNanos;
  private boolean full;

  DiskGuard(Disk disk, long reserveBytes, NodeMetrics metrics, String node) {
    this.disk = disk;
    this.reserveBytes = reserveBytes;
    this.metrics = metrics;
    this.node = node;
  }

  boolean isFull(long nowNanos) {
    if (looked && nowNanos - lookedNanos < LOOK_EVERY_NANOS) {
      return full;
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
      }
      full = nowFull;
      metrics.disk(usable, full);
    } catch (IOException e) {
      // Not knowing is no reason to refuse: a disk that is broken will fail the log.
      log.warn("{}: free space on disk unknown", node, e);
    }
    return full;
  }
}
