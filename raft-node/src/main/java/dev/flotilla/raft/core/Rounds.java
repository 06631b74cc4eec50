package dev.flotilla.raft.core;

import java.util.function.IntToLongFunction;

/**
 * A leader's heartbeat rounds. Every round is numbered by the leader, the numbers grow within its
 * term, and an answer names the round it answers; so an answer proves leadership at some moment
 * after that round was sent, and never for a read that came later (H2, H3).
 *
 * <p>Also keeps check-quorum (thesis 6.2): a leader that a quorum has not answered for {@code
 * electionTimeoutMax} is no leader any more and falls silent (H16). The maximum, because no
 * follower waits longer than that; a leader that gives up earlier than its followers only costs
 * availability.
 *
 * <p><b>After a pause</b> (H28): when a leader finds that more than the minimum election timeout
 * went by since its last step, the answers waiting in its mailbox tell of the past. It does not
 * step down for that alone, since its followers may be as faithful as before and a mere collector
 * pause would cost an election; it starts a new round, forgets what it knew of contacts, and has
 * one election timeout to hear answers to that round or a later one. Nothing unsafe can happen
 * meanwhile: commits and ReadIndex reads need fresh answers anyway, and a lease that old has run
 * out.
 */
final class Rounds {
  /** Named by an answer that answers no round. */
  static final long NO_ROUND = 0;

  /** Enough for every round that can be answered within a lease. */
  private static final int REMEMBERED = 64;

  /** Phases counted from the clock's origin, so that they are the same for all groups. */
  private static final int PHASES = 4;

  private final ReplicaState replica;
  private final Followers followers;
  private final IntToLongFunction ackedRoundOf;
  private final IntToLongFunction ackedRoundSentOf;
  private final IntToLongFunction lastContactOf;
  private final long[] sentNanos = new long[REMEMBERED];

  /** The last round sent in this term; 0 before the first. Grows by one. */
  private long round;

  /** Contacts count only from a follower that has answered this round or a later one. */
  private long freshRound;

  /**
   * Next regular heartbeat. Its phase is drawn once a term, from a few that all groups of a node
   * share: heartbeats of the same phase leave together, in one message to each peer, so that many
   * idle groups cost little; and yet the groups do not all fall into step (H29).
   */
  private long nextHeartbeatNanos;

  Rounds(ReplicaState replica, Followers followers) {
    this.replica = replica;
    this.followers = followers;
    this.ackedRoundOf = followers::ackedRoundOf;
    this.ackedRoundSentOf = followers::ackedRoundSentOf;
    this.lastContactOf = followers::lastContactOf;
  }

  void start() {
    round = NO_ROUND;
    freshRound = NO_ROUND;
    long period = replica.options.heartbeatNanos();
    long phase = replica.random.nextInt(PHASES) * (period / PHASES);
    nextHeartbeatNanos = phase + Math.ceilDiv(replica.nowNanos + 1 - phase, period) * period;
  }

  long current() {
    return round;
  }

  long nextHeartbeatNanos() {
    return nextHeartbeatNanos;
  }

  boolean heartbeatDue() {
    return replica.nowNanos >= nextHeartbeatNanos;
  }

  /**
   * Moves the deadline on by whole periods from its anchor: a late tick does not shift the ones
   * after it.
   */
  void scheduleNextHeartbeat() {
    long period = replica.options.heartbeatNanos();
    long late = replica.nowNanos - nextHeartbeatNanos;
    nextHeartbeatNanos += (late / period + 1) * period;
  }

  /** Starts a round: a heartbeat to everyone. */
  void send() {
    round++;
    sentNanos[(int) (round % REMEMBERED)] = replica.nowNanos;
    for (Progress progress : followers.all()) {
      replica.out.sendNow(heartbeatTo(progress));
    }
  }

  private Message.Heartbeat heartbeatTo(Progress progress) {
    // Not the plain commit index: the follower's log may not agree with ours that far (H20).
    long commit = Math.min(progress.matchIndex, replica.commitment.index());
    return new Message.Heartbeat(
        replica.self, progress.node, replica.term(), round, commit, progress.incarnation);
  }

  void answered(Progress progress, long answeredRound) {
    if (answeredRound > round) {
      throw new IllegalStateException(
          "node " + progress.node + " answered round " + answeredRound + " of " + round);
    }
    if (answeredRound > progress.ackedRound) {
      progress.ackedRound = answeredRound;
      if (round - answeredRound < REMEMBERED) {
        progress.ackedRoundSentNanos = sentNanos[(int) (answeredRound % REMEMBERED)];
      }
    }
    heardFrom(progress);
  }

  /**
   * Any answer of this term counts as contact, once the follower has shown that it is not an old
   * one.
   */
  void heardFrom(Progress progress) {
    if (progress.ackedRound >= freshRound) {
      progress.lastContactNanos = replica.nowNanos;
    }
  }

  /** The last round answered by a quorum. */
  long confirmed() {
    return Math.min(round, replica.quorum().reached(ackedRoundOf));
  }

  /** Until when no other leader can have been elected (thesis 6.4.1), as far as answers tell. */
  long leaseEndNanos() {
    return replica.quorum().reached(ackedRoundSentOf)
        + replica.options.electionTimeoutMinNanos()
        - replica.options.leaseMarginNanos();
  }

  boolean quorumLost() {
    long heard = replica.quorum().reached(lastContactOf);
    return replica.nowNanos - heard > replica.options.electionTimeoutMaxNanos();
  }

  /** The next round sent is the one that counts. */
  void afterPause() {
    freshRound = round + 1;
    for (Progress progress : followers.all()) {
      progress.lastContactNanos = replica.nowNanos;
    }
  }
}
