package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.util.List;
import java.util.TreeSet;

/**
 * One replica's snapshots on the way to followers: at most one is being made at a time, and
 * everyone who needs one meanwhile gets that one. When to try again after a failure is the core's
 * decision.
 */
final class ReplicaSnapshots {
  private final LoopContext context;
  private final int group;
  private final GroupMetrics metrics;

  /** Peers that wait for the snapshot being made, or about to be. */
  private final TreeSet<Integer> waiting = new TreeSet<>();

  private boolean making;

  ReplicaSnapshots(LoopContext context, int group, GroupMetrics metrics) {
    this.context = context;
    this.group = group;
    this.metrics = metrics;
  }

  /** A peer needs a snapshot at {@code minIndex} or later. */
  void needed(int peer, long term, long minIndex) {
    if (making) {
      waiting.add(peer);
    } else {
      context.snapshots.find(group, peer, term, minIndex);
    }
  }

  /** None is stored that would do. */
  void checkpointWanted(int peer, String staging) {
    waiting.add(peer);
    if (making) {
      context.snapshots.discard(staging);
      return;
    }
    making = true;
    context.applier.submit(new ApplierWork.Checkpoint(group, staging));
  }

  void checkpointTaken(String staging, LogBase base) {
    metrics.snapshotsTaken.incrementAndGet();
    context.snapshots.publish(group, staging, base, context.clock.wallMillis());
  }

  void published(StoredSnapshot snapshot, long term) {
    making = false;
    for (int peer : waiting) {
      context.snapshots.send(group, peer, term, snapshot);
    }
    waiting.clear();
  }

  /** Returns the peers that will not get one now. */
  List<Integer> failed() {
    making = false;
    metrics.snapshotsFailed.incrementAndGet();
    List<Integer> peers = List.copyOf(waiting);
    waiting.clear();
    return peers;
  }

  /** Not the leader any more: nobody waits for this replica. */
  void leadershipLost() {
    waiting.clear();
  }
}
