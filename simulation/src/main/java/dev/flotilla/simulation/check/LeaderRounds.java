package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.core.Role;
import dev.flotilla.simulation.world.Violation;
import dev.flotilla.simulation.world.Watch.ReadArrival;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * A leader's heartbeat rounds as the network saw them: a read is answered after a quorum has
 * answered a round that was sent after the read came (H2, H3), and a lease is counted from the
 * moment its round was sent (H4). Both are wrong long before a client could be told something
 * stale, for which another leader has to come just then.
 *
 * <p>What is seen here are all the answers that reach the node. Some of them it must not count, so
 * that nothing correct is accused.
 */
final class LeaderRounds {
  private final String name;
  private final RaftOptions options;
  private final Map<Long, Long> sentNanos = new HashMap<>();
  private final Map<Integer, Long> answered = new HashMap<>();
  private long term;
  private long last;

  LeaderRounds(String name, RaftOptions options) {
    this.name = name;
    this.options = options;
  }

  /** A heartbeat leaves. */
  void sent(long inTerm, long round, long nowNanos) {
    if (inTerm > term) {
      term = inTerm;
      last = 0;
      sentNanos.clear();
      answered.clear();
    }
    if (inTerm == term) {
      last = Math.max(last, round);
      sentNanos.putIfAbsent(round, nowNanos);
    }
  }

  /** An answer to one arrives. */
  void answered(int from, long inTerm, long round) {
    if (inTerm == term) {
      answered.merge(from, round, Math::max);
    }
  }

  /** The last round of a term; 0 before the first. */
  long lastOf(long inTerm) {
    return inTerm == term ? last : 0;
  }

  /** A fresh read is answered without a lease. */
  void checkRead(ReadArrival arrival, int self, CoreStatus status) {
    if (arrival.term() != term
        || arrival.term() != status.term()
        || arrival.membershipIndex() != status.membershipIndex()) {
      return; // another leader's question, or another quorum's
    }
    long confirmed =
        reached(status, node -> node == self ? Long.MAX_VALUE : answered.getOrDefault(node, 0L));
    if (confirmed <= arrival.round()) {
      throw new Violation(
          "reads wait for a later round",
          "%s answers one that came after round %d of term %d, and a quorum has answered %d"
              .formatted(name, arrival.round(), term, confirmed));
    }
  }

  /** Looks at the replica after a pass of its loop. */
  void checkLease(int self, CoreStatus status, long nowNanos) {
    if (status.role() != Role.LEADER
        || status.leaseEndNanos() <= nowNanos
        || status.term() != term) {
      return;
    }
    long since = reached(status, node -> node == self ? nowNanos : sentNanosOf(node));
    long end = since + options.electionTimeoutMinNanos() - options.leaseMarginNanos();
    if (status.leaseEndNanos() > end) {
      throw new Violation(
          "leases begin when their round is sent",
          "%s of term %d has one for %d ns longer"
              .formatted(name, term, status.leaseEndNanos() - end));
    }
  }

  private long sentNanosOf(int node) {
    long round = answered.getOrDefault(node, 0L);
    return sentNanos.getOrDefault(round, Long.MIN_VALUE / 2);
  }

  /** What a quorum of the replica's membership has reached. */
  private static long reached(CoreStatus status, IntToLongFunction of) {
    long value = reached(status.membership().voters(), of);
    return status.membership().isJoint()
        ? Math.min(value, reached(status.membership().outgoingVoters(), of))
        : value;
  }

  private static long reached(Set<Integer> half, IntToLongFunction of) {
    long[] values = half.stream().mapToInt(Integer::intValue).mapToLong(of).sorted().toArray();
    return values.length == 0 ? Long.MIN_VALUE / 2 : values[(values.length - 1) / 2];
  }
}
