package dev.flotilla.raft.core;

import java.util.Arrays;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * What counts as a majority of a membership. While it is joint every question needs a majority of
 * the incoming and a majority of the outgoing voters (thesis 4.3); all quorums of this code (vote,
 * pre-vote, commit, read round, lease, check-quorum) come from here, so none can forget a half
 * (H6).
 *
 * <p>Counts each voter once however often it answered, and nobody else. An empty outgoing half is
 * not asked; in the empty membership of a replica that was told to join a group there is no
 * majority of anything.
 */
final class Quorum {
  private final int[] incoming;
  private final int[] outgoing;
  private final long[] scratch;

  Quorum(Membership membership) {
    incoming = ascending(membership.voters());
    outgoing = ascending(membership.outgoingVoters());
    scratch = new long[Math.max(incoming.length, outgoing.length)];
    if (incoming.length == 0 && !membership.isEmpty()) {
      throw new IllegalArgumentException("a membership needs at least one voter: " + membership);
    }
  }

  /**
   * The largest value that a quorum has reached: applied to match indexes this is the index stored
   * on a quorum; to times, the moment since which a quorum has been heard from; to rounds, the last
   * round a quorum answered.
   */
  long reached(IntToLongFunction valueOf) {
    long value = reachedBy(incoming, valueOf);
    return outgoing.length == 0 ? value : Math.min(value, reachedBy(outgoing, valueOf));
  }

  boolean holds(IntPredicate yes) {
    return majorityOf(incoming, yes) && (outgoing.length == 0 || majorityOf(outgoing, yes));
  }

  /** Whether a vote is lost: in one half so many said no that a majority cannot be had any more. */
  boolean cannotHold(IntPredicate no) {
    return blockedIn(incoming, no) || (outgoing.length != 0 && blockedIn(outgoing, no));
  }

  /** Whether it is everybody, as the election that begins a group needs it. */
  boolean everybody(IntPredicate yes) {
    return count(incoming, yes) == incoming.length && count(outgoing, yes) == outgoing.length;
  }

  /** Whether anybody at all is among these. */
  boolean anybody(IntPredicate no) {
    return count(incoming, no) > 0 || count(outgoing, no) > 0;
  }

  /** Whether the node is a quorum all by itself. */
  boolean isAlone(int node) {
    return holds(voter -> voter == node);
  }

  private long reachedBy(int[] voters, IntToLongFunction valueOf) {
    int count = voters.length;
    if (count == 0) {
      return Long.MIN_VALUE;
    }
    for (int i = 0; i < count; i++) {
      scratch[i] = valueOf.applyAsLong(voters[i]);
    }
    Arrays.sort(scratch, 0, count);
    return scratch[(count - 1) / 2]; // count/2 + 1 voters have this or more
  }

  private static boolean majorityOf(int[] voters, IntPredicate yes) {
    return count(voters, yes) > voters.length / 2;
  }

  private static boolean blockedIn(int[] voters, IntPredicate no) {
    return voters.length - count(voters, no) <= voters.length / 2;
  }

  private static int count(int[] voters, IntPredicate test) {
    int count = 0;
    for (int voter : voters) {
      if (test.test(voter)) {
        count++;
      }
    }
    return count;
  }

  private static int[] ascending(Set<Integer> nodes) {
    return nodes.stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}
