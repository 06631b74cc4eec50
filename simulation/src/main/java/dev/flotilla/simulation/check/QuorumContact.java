package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.core.Role;
import dev.flotilla.simulation.world.Violation;
import java.util.Set;
import java.util.TreeSet;

/**
 * A leader that a quorum has not answered for twice the longest election timeout leads no more
 * (H16). Right after a pause or a stalled disk the times it goes by are old, so that several passes
 * in a row must see it.
 */
final class QuorumContact {
  private static final int PASSES = 4;

  private final String name;
  private final long patienceNanos;
  private int passesWithout;

  QuorumContact(String name, RaftOptions options) {
    this.name = name;
    this.patienceNanos = 2 * options.electionTimeoutMaxNanos();
  }

  /** Looks at the replica after a pass of its loop. */
  void look(CoreStatus status) {
    if (status.role() != Role.LEADER || hearsFrom(status)) {
      passesWithout = 0;
      return;
    }
    if (++passesWithout >= PASSES) {
      throw new Violation(
          "a leader without a quorum steps down",
          name + " leads term " + status.term() + " and hears only from these: " + heard(status));
    }
  }

  private boolean hearsFrom(CoreStatus status) {
    Set<Integer> heard = heard(status);
    return majority(status.membership().voters(), heard)
        && (!status.membership().isJoint()
            || majority(status.membership().outgoingVoters(), heard));
  }

  /** Those who answered lately, and the leader itself. */
  private Set<Integer> heard(CoreStatus status) {
    Set<Integer> heard = new TreeSet<>();
    heard.add(status.leader());
    for (CoreStatus.PeerStatus peer : status.peers()) {
      if (peer.sinceContactNanos() < patienceNanos) {
        heard.add(peer.node());
      }
    }
    return heard;
  }

  private static boolean majority(Set<Integer> half, Set<Integer> heard) {
    return half.stream().filter(heard::contains).count() > half.size() / 2;
  }
}
