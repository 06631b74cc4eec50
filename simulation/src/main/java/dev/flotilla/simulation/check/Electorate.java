package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Standing;
import dev.flotilla.simulation.world.Violation;
import java.util.Collection;
import java.util.Set;

/**
 * What is committed must be safe from the moment it is: no replica that lacks it could still be
 * elected by those who are there, as their logs stand (thesis 3.6.1). Looking at who could win
 * finds what looking at who did win needs a rare election for, as in the thesis' figure 3.7.
 *
 * <p>Why no correct run is accused: the entry is on a majority, under one of the leader's own term.
 * Whoever lacks it has a last term below that one, and those of the majority have not, for their
 * logs give way only to leaders that have the entry too.
 */
final class Electorate {
  /**
   * A replica that is up.
   *
   * @param holds whether it has the entry, or has compacted it
   */
  record Voter(
      int node,
      long incarnation,
      Standing standing,
      Membership membership,
      long lastTerm,
      long lastIndex,
      boolean holds) {

    /** Who was removed votes too: the candidate may know of a later membership that holds it. */
    private boolean mayVote() {
      return standing == Standing.MEMBER || standing == Standing.REMOVED;
    }

    private boolean wouldVoteFor(Voter candidate) {
      return mayVote()
          && (candidate.lastTerm > lastTerm
              || (candidate.lastTerm == lastTerm && candidate.lastIndex >= lastIndex));
    }
  }

  private Electorate() {}

  static void check(int group, long index, long term, Collection<Voter> voters) {
    for (Voter candidate : voters) {
      if (!candidate.holds
          && candidate.standing == Standing.MEMBER
          && candidate.membership.isVoter(candidate.node)
          && couldWin(candidate, voters)) {
        throw new Violation(
            "what is committed cannot be lost",
            "g%d: entry %d of term %d is committed, and n%d could be elected without it: %s"
                .formatted(group, index, term, candidate.node, voters));
      }
    }
  }

  private static boolean couldWin(Voter candidate, Collection<Voter> voters) {
    Membership membership = candidate.membership;
    return majority(membership.voters(), candidate, voters)
        && (!membership.isJoint() || majority(membership.outgoingVoters(), candidate, voters));
  }

  private static boolean majority(Set<Integer> half, Voter candidate, Collection<Voter> voters) {
    long votes =
        voters.stream()
            .filter(voter -> half.contains(voter.node))
            .filter(voter -> counts(candidate.membership, voter.node, voter.incarnation))
            .filter(voter -> voter.wouldVoteFor(candidate))
            .count();
    return !candidate.membership.isBorn() ? votes == half.size() : votes > half.size() / 2;
  }

  /** A node is bound to one replica; of an unbound one nothing counts once anyone is bound. */
  static boolean counts(Membership membership, int node, long incarnation) {
    long bound = membership.incarnationOf(node);
    return bound == 0 ? !membership.isBorn() : bound == incarnation;
  }
}
