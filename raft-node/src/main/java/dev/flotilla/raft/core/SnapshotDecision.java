package dev.flotilla.raft.core;

/**
 * What to send a follower next: a total function of its progress and the log, so that no state is
 * without an answer (H43), and what compaction must leave for followers fed by a snapshot.
 *
 * <p>A follower that has been sent a snapshot needs the entries after it. If the log were compacted
 * past the snapshot while it travels, it would have to be sent another, and under steady writes one
 * after the other for ever. So the log is kept from the snapshot on until the follower has caught
 * up, though for no longer than {@link #PIN_NANOS}: a follower that takes longer must not fill the
 * leader's disk (H53).
 */
final class SnapshotDecision {
  static final long PIN_NANOS = 60_000_000_000L;

  enum Next {
    /** Entries, or an empty append that asks where the logs agree. */
    APPEND,
    SNAPSHOT,
    WAIT
  }

  private final ReplicaState replica;
  private final Followers followers;

  /** The largest index the state machine has asked to forget. */
  private long wantedIndex;

  SnapshotDecision(ReplicaState replica, Followers followers) {
    this.replica = replica;
    this.followers = followers;
  }

  static Next next(Progress progress, LogBase base, long lastIndex, long nowNanos) {
    if (progress.state == Progress.State.SNAPSHOT || progress.paused) {
      return Next.WAIT;
    }
    if (progress.nextIndex <= base.index()) {
      // prevIndex = nextIndex - 1 lies before the base: its term is forgotten.
      return nowNanos < progress.snapshotRetryNanos ? Next.WAIT : Next.SNAPSHOT;
    }
    if (progress.state == Progress.State.PROBE) {
      return progress.matchIndex == lastIndex ? Next.WAIT : Next.APPEND;
    }
    return progress.nextIndex > lastIndex || progress.inflights.isFull() ? Next.WAIT : Next.APPEND;
  }

  void begin(Progress progress) {
    progress.toSnapshot();
    progress.pinnedIndex = replica.log.base().index();
    progress.pinnedUntilNanos = replica.nowNanos + PIN_NANOS;
    replica.out.emit(new Effect.SnapshotNeeded(progress.node));
  }

  /** The transfer ended. */
  void sent(Progress progress, boolean success, long index, long round) {
    if (progress.state != Progress.State.SNAPSHOT) {
      return;
    }
    if (!success) {
      // The follower may be away: go on when it answers a round, and not before a while.
      progress.pinnedUntilNanos = Progress.NEVER;
      progress.snapshotRetryNanos = replica.nowNanos + replica.options.electionTimeoutMinNanos();
      progress.toProbe(progress.matchIndex + 1);
      progress.pause(round);
      return;
    }
    // Delivered is not installed: the replica's own acknowledgement comes as an AppendReply. Should
    // that be lost, the
    // answer to a round sent from now on shows that the follower has had its chance.
    progress.snapshotDelivered = true;
    progress.snapshotIndex = index;
    progress.pinnedIndex = Math.max(progress.pinnedIndex, index);
    progress.pause(round);
  }

  void matched(Progress progress) {
    if (progress.pinnedUntilNanos == Progress.NEVER) {
      return;
    }
    progress.pinnedIndex = Math.max(progress.pinnedIndex, progress.matchIndex);
    if (progress.matchIndex >= replica.commitment.index()) {
      progress.pinnedUntilNanos = Progress.NEVER;
    }
  }

  /** Remembers the wish; what cannot be forgotten yet is forgotten later. */
  void compact(long index) {
    wantedIndex = Math.max(wantedIndex, index);
    compactNow();
  }

  void compactNow() {
    long index = Math.min(wantedIndex, replica.commitment.announcedIndex());
    for (Progress progress : followers.all()) {
      if (replica.nowNanos < progress.pinnedUntilNanos) {
        index = Math.min(index, progress.pinnedIndex);
      }
    }
    if (index <= replica.log.base().index()) {
      return;
    }
    LogBase base = new LogBase(index, replica.log.termAt(index), replica.memberships.at(index));
    replica.log.compactTo(base);
    replica.memberships.compactTo(index);
    replica.out.emit(new Effect.Compacted(base));
  }
}
