package dev.flotilla.raft.runtime;

import dev.flotilla.raft.env.Clock;

/** What the loop and its replicas share. The loop's thread only. */
final class LoopContext {
  final NodeOptions options;
  final Clock clock;
  final NodeMetrics metrics;
  final Mailbox mailbox;
  final PeerOutbox peers;
  final Applier applier;
  final SnapshotWorker snapshots;
  final DiskGuard disk;
  final NodeEvents events;
  final ReplyOutbox replies = new ReplyOutbox();

  /** The time all of a pass's inputs happen at; moved on after the disk write. */
  long nowNanos;

  LoopContext(
      NodeOptions options,
      Clock clock,
      NodeMetrics metrics,
      Mailbox mailbox,
      PeerOutbox peers,
      Applier applier,
      SnapshotWorker snapshots,
      DiskGuard disk,
      NodeEvents events) {
    this.options = options;
    this.clock = clock;
    this.metrics = metrics;
    this.mailbox = mailbox;
    this.peers = peers;
    this.applier = applier;
    this.snapshots = snapshots;
    this.disk = disk;
    this.events = events;
    this.nowNanos = clock.nanoTime();
  }
}
