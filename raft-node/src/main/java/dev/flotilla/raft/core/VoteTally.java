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
  private final boolean all;
  private final Set<Integer> granted = new HashSet<>();
  private final Set<Integer> refused = new HashSet<>();

  /**
   * @param all whether it takes the votes of all
   */
  VoteTally(Quorum quorum, boolean all) {
    this.quorum = quorum;
    this.all = all;
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
    if (all) {
      if (quorum.everybody(granted::contains)) {
        return Outcome.WON;
      }
      return quorum.anybody(refused::contains) ? Outcome.LOST : Outcome.PENDING;
    }
    if (quorum.holds(granted::contains)) {
      return Outcome.WON;
    }
    return quorum.cannotHold(refused::contains) ? Outcome.LOST : Outcome.PENDING;
  }
}
