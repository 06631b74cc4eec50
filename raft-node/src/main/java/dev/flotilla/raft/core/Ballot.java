package dev.flotilla.raft.core;

/**
 * Term and vote in memory, and whether the disk has been asked to remember them.
 *
 * <p>Invariant: {@code term} never decreases; {@code vote} changes from nobody to somebody at most
 * once per term and is erased only when the term grows (H12): erased on a mere step-down, the same
 * term could elect two leaders.
 */
final class Ballot {
  private long term;
  private int vote;
  private boolean unwritten;

  Ballot(HardState recovered) {
    term = recovered.term();
    vote = recovered.vote();
  }

  long term() {
    return term;
  }

  int vote() {
    return vote;
  }

  void advanceTo(long newTerm) {
    if (newTerm <= term) {
      throw new IllegalStateException("term " + term + " cannot advance to " + newTerm);
    }
    term = newTerm;
    vote = HardState.NO_VOTE;
    unwritten = true;
  }

  void voteFor(int node) {
    if (vote == node) {
      return;
    }
    if (vote != HardState.NO_VOTE) {
      throw new IllegalStateException("second vote in term " + term + ": " + vote + ", " + node);
    }
    vote = node;
    unwritten = true;
  }

  boolean isUnwritten() {
    return unwritten;
  }

  HardState write() {
    unwritten = false;
    return new HardState(term, vote);
  }
}
