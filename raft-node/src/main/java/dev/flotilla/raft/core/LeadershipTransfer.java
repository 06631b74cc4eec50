package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Message.TimeoutNow;
import org.jspecify.annotations.Nullable;

/**
 * Handing leadership to another voter (thesis 3.10): take no more proposals, bring the target's log
 * up to our own, tell it to campaign at once, and wait, but only so long (H51).
 *
 * <p>From the moment TimeoutNow has left another leader may exist that no follower's loyalty held
 * back. ReadIndex reads stay safe, they ask a quorum. A lease does not, and not only until the
 * transfer is given up: a TimeoutNow delayed in the network deposes us whenever it arrives. So it
 * forfeits the lease for the rest of the term (H7).
 */
final class LeadershipTransfer {
  private static final long NO_TERM = 0;

  private final ReplicaState replica;
  private final Followers followers;

  /** The follower to take over; 0 when no transfer is under way. */
  private int target;

  private long deadlineNanos;

  /** We lead no more and want to know who does. Implies {@code target != 0}. */
  private boolean awaitingLeader;

  private boolean timeoutNowSent;
  private long leaseForfeitedTerm = NO_TERM;

  LeadershipTransfer(ReplicaState replica, Followers followers) {
    this.replica = replica;
    this.followers = followers;
  }

  boolean isUnderWay() {
    return target != 0;
  }

  /** Whether the target has been told to campaign. */
  boolean isHandingOver() {
    return timeoutNowSent;
  }

  boolean hasForfeitedLease() {
    return leaseForfeitedTerm == replica.term();
  }

  long deadlineNanos() {
    return target == 0 ? Long.MAX_VALUE : deadlineNanos;
  }

  /** Starts a transfer; one that is under way goes on and its end answers this request too. */
  void start(int wanted) {
    if (target != 0) {
      return;
    }
    if (!replica.isLeader()) {
      replica.out.emit(new Effect.TransferEnded(0, "not the leader"));
      return;
    }
    if (wanted == replica.self) {
      replica.out.emit(new Effect.TransferEnded(wanted, "already the leader"));
      return;
    }
    Progress successor = wanted == 0 ? bestFollower() : voter(wanted);
    if (successor == null) {
      replica.out.emit(
          new Effect.TransferEnded(
              0, wanted == 0 ? "no follower is fit to lead" : "node " + wanted + " is no voter"));
      return;
    }
    target = successor.node;
    deadlineNanos = replica.nowNanos + replica.options.transferTimeoutNanos();
    onMatched(successor);
  }

  /**
   * The voter with the longest log among those heard lately; null when there is none. One that is
   * being probed may hold everything: in a group without writes nothing is sent that would show it.
   */
  @Nullable Progress bestFollower() {
    Progress best = null;
    for (Progress progress : followers.all()) {
      boolean fit =
          replica.memberships.effective().voters().contains(progress.node)
              && progress.state != Progress.State.SNAPSHOT
              && replica.nowNanos - progress.lastContactNanos
                  < replica.options.electionTimeoutMinNanos();
      if (fit && (best == null || progress.matchIndex > best.matchIndex)) {
        best = progress;
      }
    }
    return best;
  }

  private @Nullable Progress voter(int node) {
    return replica.memberships.effective().voters().contains(node) ? followers.find(node) : null;
  }

  void onMatched(Progress progress) {
    if (progress.node == target && !awaitingLeader && !timeoutNowSent) {
      urge(progress);
    }
  }

  /** Repeats TimeoutNow, which may have been lost. */
  void onHeartbeat() {
    if (timeoutNowSent) {
      Progress progress = followers.find(target);
      if (progress != null) {
        urge(progress);
      }
    }
  }

  private void urge(Progress progress) {
    long lastIndex = replica.log.lastIndex();
    if (progress.matchIndex == lastIndex) {
      timeoutNowSent = true;
      urgeOnce(progress);
    }
  }

  /** Lets a follower campaign without waiting for what becomes of it. */
  void urgeOnce(Progress progress) {
    leaseForfeitedTerm = replica.term();
    replica.out.sendNow(
        new TimeoutNow(replica.self, progress.node, replica.term(), replica.log.lastIndex()));
  }

  void tick() {
    if (target != 0 && replica.nowNanos >= deadlineNanos) {
      end(0, "timed out");
    }
  }

  void leadershipLost() {
    timeoutNowSent = false;
    awaitingLeader = target != 0;
  }

  /** A leader is known, perhaps ourselves again. */
  void leaderKnown(int leader) {
    if (awaitingLeader) {
      end(
          leader == replica.self ? 0 : leader,
          leader == target ? "handed over" : "node " + leader + " was elected");
    }
  }

  private void end(int newLeader, String reason) {
    target = 0;
    awaitingLeader = false;
    timeoutNowSent = false;
    replica.out.emit(new Effect.TransferEnded(newLeader, reason));
  }
}
