package dev.flotilla.launcher.config;

import dev.flotilla.launcher.config.ClusterConfig.Tuning;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import java.time.Duration;

/**
 * Reads the sections {@code timings}, {@code limits} and {@code reads}; every key has a default.
 */
final class TuningReader {
  private static final long MIB = 1L << 20;

  /** What a command carries besides key and value: session, condition, framing. */
  private static final int COMMAND_OVERHEAD_BYTES = 12 << 10;

  private TuningReader() {}

  static Tuning read(ConfigSection root) {
    ConfigSection timings = root.section("timings");
    ConfigSection limits = root.section("limits");
    ConfigSection reads = root.section("reads");
    Tuning base = Tuning.DEFAULT;
    int maxKeyBytes = (int) limits.bytes("key-bytes", 1, 64 << 10, base.maxKeyBytes());
    int maxValueBytes = (int) limits.bytes("value-bytes", 1, 4 * MIB, base.maxValueBytes());
    Tuning tuning =
        new Tuning(
            raft(timings, limits, reads, base.raft()),
            new WalOptions(
                limits.bytes("segment-bytes", 64 << 10, 1024 * MIB, base.wal().segmentBytes())),
            snapshots(timings, limits, base.snapshots()),
            nodeLimits(timings, limits, base.limits(), maxKeyBytes + maxValueBytes),
            maxKeyBytes,
            maxValueBytes);
    timings.rejectUnknownKeys();
    limits.rejectUnknownKeys();
    reads.rejectUnknownKeys();
    return tuning;
  }

  private static RaftOptions raft(
      ConfigSection timings, ConfigSection limits, ConfigSection reads, RaftOptions base) {
    long heartbeat = nanos(timings, "heartbeat", base.heartbeatNanos());
    long electionMin = nanos(timings, "election-timeout-min", base.electionTimeoutMinNanos());
    long electionMax = nanos(timings, "election-timeout-max", base.electionTimeoutMaxNanos());
    if (electionMin < 2 * heartbeat) {
      throw timings.error(
          "election-timeout-min", "expected at least two heartbeats, so that one may be lost");
    }
    if (electionMax <= electionMin) {
      throw timings.error(
          "election-timeout-max", "expected more than election-timeout-min: the draw needs room");
    }
    long leaseMargin = nanos(timings, "lease-margin", base.leaseMarginNanos());
    if (leaseMargin >= electionMin) {
      throw timings.error("lease-margin", "expected less than election-timeout-min");
    }
    return new RaftOptions(
        heartbeat,
        electionMin,
        electionMax,
        nanos(timings, "leader-lost-election", base.leaderLostElectionNanos()),
        base.maxAppendBytes(),
        base.maxInflightBytes(),
        base.maxInflightAppends(),
        limits.bytes("uncommitted-bytes", MIB, 1024 * MIB, base.maxUncommittedBytes()),
        limits.bytes("log-cache-bytes", MIB, 1024 * MIB, base.maxCachedBytes()),
        nanos(timings, "leadership-transfer", base.transferTimeoutNanos()),
        reads.flag("lease", base.leaseReads()),
        leaseMargin);
  }

  private static SnapshotExchange.Options snapshots(
      ConfigSection timings, ConfigSection limits, SnapshotExchange.Options base) {
    return new SnapshotExchange.Options(
        base.chunkBytes(),
        base.windowChunks(),
        limits.bytes("snapshot-bytes-per-second", 0, 1L << 40, base.bytesPerSecond()),
        nanos(timings, "snapshot-stall", base.stallNanos()));
  }

  private static NodeOptions.Limits nodeLimits(
      ConfigSection timings, ConfigSection limits, NodeOptions.Limits base, int keyAndValueBytes) {
    Duration timeout =
        timings.duration("request-timeout", Duration.ofMillis(base.defaultTimeoutMillis()));
    return new NodeOptions.Limits(
        limits.bytes("mailbox-bytes", MIB, 4096 * MIB, base.maxMailboxBytes()),
        limits.optionalInteger("mailbox-requests", 1, 1 << 20).orElse(base.maxMailboxRequests()),
        limits.bytes("peer-bytes", MIB, 4096 * MIB, base.maxPeerBytes()),
        keyAndValueBytes + COMMAND_OVERHEAD_BYTES,
        base.maxEntryBytes(),
        limits.bytes("compact-bytes", 64 << 10, 1L << 40, base.compactBytes()),
        limits
            .optionalInteger("compact-entries", 100, Integer.MAX_VALUE)
            .orElse((int) base.compactEntries()),
        limits.bytes("keep-bytes", 0, 1L << 40, base.keepBytes()),
        limits.bytes("wal-bytes", MIB, 1L << 40, base.maxWalBytes()),
        (int) Math.min(timeout.toMillis(), 600_000),
        limits.bytes("disk-reserve-bytes", 0, 1L << 40, base.diskReserveBytes()));
  }

  private static long nanos(ConfigSection section, String key, long otherwise) {
    return section.duration(key, Duration.ofNanos(otherwise)).toNanos();
  }
}
