package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.simulation.world.Violation;
import java.util.HashSet;
import java.util.Set;

/**
 * Who was elected has the votes of a quorum, and of the very replicas that its membership is bound
 * to: one that took the place of a lost one does not know what that one has promised (H50).
 */
final class Candidacy {
  private record Vote(int node, long incarnation) {}

  private final String name;
  private final Set<Vote> votes = new HashSet<>();
  private long term;

  Candidacy(String name) {
    this.name = name;
  }

  /** A vote arrives. */
  void granted(int from, long incarnation, long inTerm) {
    if (inTerm > term) {
      term = inTerm;
      votes.clear();
    }
    if (inTerm == term) {
      votes.add(new Vote(from, incarnation));
    }
  }

  /** The replica leads now, and did not before. */
  void elected(int self, CoreStatus status) {
    Membership membership = status.membership();
    if (status.membershipTerm() == status.term()) {
      return; // it has made another membership since
    }
    Set<Integer> counted = new HashSet<>(Set.of(self));
    for (Vote vote : votes) {
      if (term == status.term() && Electorate.counts(membership, vote.node(), vote.incarnation())) {
        counted.add(vote.node());
      }
    }
    if (!isEnough(membership, membership.voters(), counted)
        || (membership.isJoint() && !isEnough(membership, membership.outgoingVoters(), counted))) {
      throw new Violation(
          "leaders are elected by those who count",
          "%s leads term %d of %s with the votes of %s; it was given %s"
              .formatted(name, status.term(), membership, counted, votes));
    }
  }

  /** Before anybody is bound to a replica it takes the votes of all. */
  private static boolean isEnough(Membership membership, Set<Integer> half, Set<Integer> counted) {
    if (!membership.isBorn()) {
      return counted.containsAll(half);
    }
    return half.stream().filter(counted::contains).count() > half.size() / 2;
  }
}
