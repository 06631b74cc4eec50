package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.CoreStatus;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One replica's counters and gauges. Written by the loop and the applier, read by any thread. */
public final class GroupMetrics {
  final AtomicLong leaderChanges = new AtomicLong();
  final AtomicLong heartbeatsSent = new AtomicLong();
  final AtomicLong heartbeatsAcked = new AtomicLong();
  final AtomicLong proposalsApplied = new AtomicLong();
  final AtomicLong proposalsNotApplied = new AtomicLong();
  final AtomicLong proposalsUnknown = new AtomicLong();
  final AtomicLong reads = new AtomicLong();
  final AtomicLong entriesProposed = new AtomicLong();
  final AtomicLong snapshotsTaken = new AtomicLong();
  final AtomicLong snapshotsSent = new AtomicLong();
  final AtomicLong snapshotsFailed = new AtomicLong();
  final AtomicLong snapshotsInstalled = new AtomicLong();
  final AtomicLong compactions = new AtomicLong();

  /** For want of room on the disk. */
  final AtomicLong appendsDropped = new AtomicLong();

  final AtomicLong messagesReceived = new AtomicLong();

  final DurationStat commit = new DurationStat();
  final DurationStat apply = new DurationStat();
  final DurationStat flush = new DurationStat();
  final DurationStat checkpoint = new DurationStat();
  final DurationStat install = new DurationStat();

  private final Backlog backlog;
  private volatile @Nullable CoreStatus status;
  private volatile boolean failed;
  private volatile boolean waitsForRoom;

  GroupMetrics(Backlog backlog) {
    this.backlog = backlog;
  }

  void publish(CoreStatus current) {
    status = current;
  }

  void markFailed() {
    failed = true;
  }

  void waitsForRoom(boolean now) {
    waitsForRoom = now;
  }

  /** Whether there is no room to apply what is committed. */
  public boolean waitsForRoom() {
    return waitsForRoom;
  }

  /** The replica as it was some time within the last second or so; null before the first pass. */
  public @Nullable CoreStatus status() {
    return status;
  }

  /** Whether the replica stopped itself. */
  public boolean failed() {
    return failed;
  }

  public long leaderChanges() {
    return leaderChanges.get();
  }

  public long heartbeatsSent() {
    return heartbeatsSent.get();
  }

  public long heartbeatsAcked() {
    return heartbeatsAcked.get();
  }

  /** Commands answered APPLIED. */
  public long proposalsApplied() {
    return proposalsApplied.get();
  }

  /** Commands answered NOT_APPLIED. */
  public long proposalsNotApplied() {
    return proposalsNotApplied.get();
  }

  /** Commands answered UNKNOWN. */
  public long proposalsUnknown() {
    return proposalsUnknown.get();
  }

  /** Requests taken and not answered yet. */
  public int pendingRequests() {
    return backlog.requests();
  }

  /** Queries answered from the state machine. */
  public long reads() {
    return reads.get();
  }

  /** Entries put into the log by this replica as leader; each carries one pass's commands. */
  public long entriesProposed() {
    return entriesProposed.get();
  }

  public long snapshotsTaken() {
    return snapshotsTaken.get();
  }

  public long snapshotsSent() {
    return snapshotsSent.get();
  }

  public long snapshotsFailed() {
    return snapshotsFailed.get();
  }

  public long snapshotsInstalled() {
    return snapshotsInstalled.get();
  }

  public long compactions() {
    return compactions.get();
  }

  public long messagesReceived() {
    return messagesReceived.get();
  }

  /** From proposing an entry to its commit. */
  public DurationStat commit() {
    return commit;
  }

  /** One call of the state machine's apply. */
  public DurationStat apply() {
    return apply;
  }

  public DurationStat flush() {
    return flush;
  }

  public DurationStat checkpoint() {
    return checkpoint;
  }

  public DurationStat install() {
    return install;
  }
}
