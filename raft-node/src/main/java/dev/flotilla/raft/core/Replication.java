package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Message.AppendReply;
import dev.flotilla.raft.core.Message.AppendRequest;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A leader's log and its way to the followers (thesis 3.5, 10.2). Entries leave for the followers
 * while they are still being written to the leader's own disk; the leader counts itself towards a
 * commit only after {@link Input.LogDurable}.
 */
final class Replication {
  private static final byte[] NOTHING = new byte[0];

  private final ReplicaState replica;
  private final Followers followers;
  private final Rounds rounds;
  private final SnapshotDecision snapshots;
  private final UncommittedBytes uncommitted = new UncommittedBytes();
  private final IntToLongFunction matchIndexOf;

  Replication(
      ReplicaState replica, Followers followers, Rounds rounds, SnapshotDecision snapshots) {
    this.replica = replica;
    this.followers = followers;
    this.rounds = rounds;
    this.snapshots = snapshots;
    this.matchIndexOf = followers::matchIndexOf;
  }

  /**
   * Begins a term as leader with an entry of its own: nothing older may be committed by counting
   * (H22).
   */
  void start() {
    uncommitted.reset(replica.log.lastIndex() + 1);
    append(EntryKind.NOOP, 0, NOTHING);
    broadcast();
  }

  /** Whether the backlog leaves room for a payload. The first one always fits, however large. */
  boolean hasRoomFor(byte[] payload) {
    return uncommitted.total() == 0
        || uncommitted.total() + Entry.OVERHEAD_BYTES + payload.length
            <= replica.options.maxUncommittedBytes();
  }

  /** Adds an entry to the leader's log; {@link #broadcast()} sends it. */
  Entry append(EntryKind kind, long stampMillis, byte[] payload) {
    Entry entry =
        new Entry(replica.log.lastIndex() + 1, replica.term(), kind, stampMillis, payload);
    replica.log.append(entry);
    uncommitted.appended(entry.sizeBytes());
    replica.out.emit(new Effect.Append(List.of(entry)));
    return entry;
  }

  void broadcast() {
    for (Progress progress : followers.all()) {
      sendTo(progress);
    }
  }

  /**
   * Sends what the follower may be sent now. Ends: every turn fills the window, pauses, or reaches
   * the end.
   */
  void sendTo(Progress progress) {
    while (true) {
      switch (SnapshotDecision.next(
          progress, replica.log.base(), replica.log.lastIndex(), replica.nowNanos)) {
        case WAIT -> {
          return;
        }
        case SNAPSHOT -> {
          snapshots.begin(progress);
          return;
        }
        case APPEND -> sendAppend(progress);
      }
    }
  }

  private void sendAppend(Progress progress) {
    long next = progress.nextIndex;
    long last = replica.log.lastIndex();
    List<Entry> entries =
        next > last ? List.of() : replica.log.slice(next, last, replica.options.maxAppendBytes());
    replica.out.sendNow(
        new AppendRequest(
            replica.self,
            progress.node,
            replica.term(),
            next - 1,
            replica.log.termAt(next - 1),
            replica.commitment.index(),
            entries));
    if (progress.state == Progress.State.PROBE) {
      progress.pause(rounds.current());
      return;
    }
    int bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).sizeBytes();
    }
    progress.nextIndex = next + entries.size();
    progress.inflights.sent(progress.nextIndex - 1, bytes, rounds.current());
  }

  /** Handles an answer of the current term; older ones never get here (H18). */
  void onAppendReply(Progress progress, AppendReply reply) {
    rounds.heardFrom(progress);
    if (reply.success()) {
      onSuccess(progress, reply.matchIndex());
    } else {
      onRefusal(progress, reply);
    }
  }

  private void onSuccess(Progress progress, long matchIndex) {
    if (matchIndex > replica.log.lastIndex()) {
      throw new IllegalStateException(
          "node "
              + progress.node
              + " acknowledged "
              + matchIndex
              + " beyond the end "
              + replica.log.lastIndex());
    }
    // Within one term a follower's log never goes back, so an answer delayed or repeated is still
    // true,
    // only perhaps old news.
    progress.matchIndex = Math.max(progress.matchIndex, matchIndex);
    progress.nextIndex = Math.max(progress.nextIndex, progress.matchIndex + 1);
    snapshots.matched(progress);
    switch (progress.state) {
      case PROBE -> progress.toReplicate();
      case SNAPSHOT -> {
        if (progress.matchIndex >= replica.log.base().index()) {
          progress.toReplicate(); // installed, or caught up in another way
        }
      }
      case REPLICATE -> progress.inflights.acknowledged(progress.matchIndex);
    }
  }

  private void onRefusal(Progress progress, AppendReply reply) {
    long refused = reply.rejectedPrevIndex();
    boolean stale =
        switch (progress.state) {
          case PROBE -> refused != progress.nextIndex - 1;
          case REPLICATE -> refused <= progress.matchIndex || refused >= progress.nextIndex;
          case SNAPSHOT -> true;
        };
    if (stale) {
      return;
    }
    // The follower skipped what cannot match on its side; skip what cannot match on ours (H24).
    long agree =
        Math.min(reply.hintIndex(), replica.log.lastNotAbove(reply.hintIndex(), reply.hintTerm()));
    progress.toProbe(Math.min(refused, agree + 1));
  }

  /** An answer to a round: whatever left before that round and is unanswered still, was lost. */
  void onRoundAnswered(Progress progress, long round) {
    switch (progress.state) {
      case PROBE -> {
        if (progress.paused && progress.pausedRound < round) {
          progress.paused = false;
        }
      }
      case REPLICATE -> {
        if (progress.inflights.hasOlderThan(round)) {
          progress.toProbe(progress.matchIndex + 1);
        }
      }
      case SNAPSHOT -> {
        if (progress.snapshotDelivered && progress.pausedRound < round) {
          progress.toProbe(Math.min(progress.snapshotIndex, replica.log.lastIndex()) + 1);
        }
      }
    }
  }

  /**
   * The connection broke: what was in flight may be gone. Resumed by the answer to a later round.
   */
  void onUnreachable(Progress progress) {
    if (progress.state != Progress.State.SNAPSHOT) {
      progress.toProbe(progress.matchIndex + 1);
      progress.pause(rounds.current());
    }
  }

  /**
   * Commits what a quorum has stored. Only entries of the current term are committed by counting;
   * older ones follow with them (thesis 3.6.2, H22). Otherwise, in the thesis' figure 3.7:
   *
   * <pre>
   *   index   1 2 3
   *   S1      1 2 4     S1, leader of term 4, has brought entry 2 of term 2 to a majority
   *   S2      1 2
   *   S3      1 2       S5 can still win term 5 with its last entry of term 3, and overwrite entry 2
   *   S5      1 3
   * </pre>
   */
  boolean commitByQuorum() {
    long stored = replica.quorum().reached(matchIndexOf);
    if (stored <= replica.commitment.index() || replica.log.termAt(stored) != replica.term()) {
      return false;
    }
    replica.commitment.advanceTo(stored, replica.log);
    uncommitted.committed(stored);
    return true;
  }
}
