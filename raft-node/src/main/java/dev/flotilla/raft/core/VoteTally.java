package dev.flotilla.raft.core;

import java.util.HashSet;
import java.util.Set;

/**
 * The answers to one campaign. A node's first answer stands; answers repeated by the network count
 * once.
 */
final class VoteTally {
  enum Outcome {
    PENDING,
    WON,
    LOST
  }

  private final Quorum quorum;
  private final Set<Integer> granted = new HashSet<>();
  private final Set<Integer> refused = new HashSet<>();

  VoteTally(Quorum quorum) {
    this.quorum = quorum;
  }

  void record(int voter, boolean grant) {
    if (grant) {
      granted.add(voter);
      refused.remove(voter);
    } else if (!granted.contains(voter)) {
      refused.add(voter);
    }
  }

  Outcome outcome() {
    if (quorum.holds(granted::contains)) {
      return Outcome.WON;
    }
    return quorum.cannotHold(refused::contains) ? Outcome.LOST : Outcome.PENDING;
  }
}
