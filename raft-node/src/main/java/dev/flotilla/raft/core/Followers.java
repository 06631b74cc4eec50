package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The progress of everyone a leader sends to: the members in force and, until the entry that
 * removed them is committed, those of the committed membership, so that a removed node learns of
 * its removal.
 *
 * <p>Invariant: ascending by node, without the leader itself; empty on any other role.
 */
final class Followers {
  private final ReplicaState replica;
  private List<Progress> all = List.of();

  Followers(ReplicaState replica) {
    this.replica = replica;
  }

  List<Progress> all() {
    return all;
  }

  @Nullable Progress find(int node) {
    for (Progress progress : all) {
      if (progress.node == node) {
        return progress;
      }
    }
    return null;
  }

  void start() {
    all = List.of();
    update();
  }

  void stop() {
    all = List.of();
  }

  /** Follows a change of the membership, or of what is committed of it. */
  void update() {
    Membership effective = replica.memberships.effective();
    Membership committed = replica.memberships.at(replica.commitment.index());
    TreeSet<Integer> wanted = new TreeSet<>(effective.all());
    wanted.addAll(committed.all());
    wanted.remove(replica.self);
    List<Progress> updated = new ArrayList<>(wanted.size());
    for (int node : wanted) {
      long bound = (effective.contains(node) ? effective : committed).incarnationOf(node);
      Progress known = find(node);
      boolean same = known != null && (bound == 0 || bound == known.incarnation);
      updated.add(known != null && same ? known : fresh(node, bound));
    }
    all = List.copyOf(updated);
  }

  private Progress fresh(int node, long incarnation) {
    return new Progress(
        node, incarnation, replica.log.lastIndex() + 1, replica.options, replica.nowNanos);
  }

  /**
   * A member spoke that is not bound to any replica. What is known of it is known of one replica:
   * if this is another, nothing is.
   */
  void heardUnbound(int node, long incarnation) {
    Progress known = find(node);
    if (known == null || incarnation == 0 || known.incarnation == incarnation) {
      return;
    }
    if (known.incarnation == 0) {
      known.incarnation = incarnation;
      return;
    }
    List<Progress> updated = new ArrayList<>(all);
    updated.set(updated.indexOf(known), fresh(node, incarnation));
    all = List.copyOf(updated);
  }

  /**
   * What a node has stored, the leader itself included: its own log counts once it is on its disk.
   */
  long matchIndexOf(int node) {
    if (node == replica.self) {
      return replica.log.durableIndex();
    }
    Progress progress = find(node);
    return progress == null ? 0 : progress.matchIndex;
  }

  long ackedRoundOf(int node) {
    if (node == replica.self) {
      return Long.MAX_VALUE;
    }
    Progress progress = find(node);
    return progress == null ? 0 : progress.ackedRound;
  }

  /** When the last round a node answered was SENT (H4); now for the leader itself. */
  long ackedRoundSentOf(int node) {
    if (node == replica.self) {
      return replica.nowNanos;
    }
    Progress progress = find(node);
    return progress == null ? Progress.NEVER : progress.ackedRoundSentNanos;
  }

  long lastContactOf(int node) {
    if (node == replica.self) {
      return replica.nowNanos;
    }
    Progress progress = find(node);
    return progress == null ? Progress.NEVER : progress.lastContactNanos;
  }
}
