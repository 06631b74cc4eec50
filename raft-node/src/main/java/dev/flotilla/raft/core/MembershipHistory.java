package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Who was a member at which log position. A membership is in force from the moment its entry stands
 * in the log, committed or not (thesis 4.1), so cutting the tail brings the one before it back into
 * force.
 *
 * <p>Invariant: indexes ascend strictly; the first element is the one in force at the log's base.
 */
final class MembershipHistory {
  private record At(long index, Membership membership) {}

  private final List<At> history = new ArrayList<>();
  private Quorum quorum;

  MembershipHistory(LogBase base) {
    history.add(new At(base.index(), base.membership()));
    quorum = new Quorum(base.membership());
  }

  Membership effective() {
    return history.getLast().membership();
  }

  /**
   * Where the membership in force stood in the log; at or before the base when nothing after it
   * changed it.
   */
  long effectiveIndex() {
    return history.getLast().index();
  }

  /** The quorums of the membership in force. */
  Quorum quorum() {
    return quorum;
  }

  /** The membership in force at {@code index}, which is not below the base. */
  Membership at(long index) {
    for (int i = history.size() - 1; i > 0; i--) {
      if (history.get(i).index() <= index) {
        return history.get(i).membership();
      }
    }
    return history.getFirst().membership();
  }

  /**
   * Whether the node is a voter of the membership in force at {@code index} or of any later one.
   */
  boolean hadVoterSince(long index, int node) {
    for (int i = history.size() - 1; i >= 0; i--) {
      if (history.get(i).membership().isVoter(node)) {
        return true;
      }
      if (history.get(i).index() <= index) {
        return false;
      }
    }
    return false;
  }

  void append(long index, Membership membership) {
    if (index <= effectiveIndex()) {
      throw new IllegalStateException(
          "membership at " + index + " after one at " + effectiveIndex());
    }
    history.add(new At(index, membership));
    quorum = new Quorum(membership);
  }

  /** Forgets memberships at {@code index} and after. */
  void truncateFrom(long index) {
    boolean changed = false;
    while (history.size() > 1 && history.getLast().index() >= index) {
      history.removeLast();
      changed = true;
    }
    if (changed) {
      quorum = new Quorum(effective());
    }
  }

  /**
   * The log now begins after {@code index}. What is in force there keeps its own, earlier index.
   */
  void compactTo(long index) {
    while (history.size() > 1 && history.get(1).index() <= index) {
      history.removeFirst();
    }
  }

  /** A snapshot replaces every membership the log ever held, newer ones too (H40). */
  void resetTo(LogBase base) {
    history.clear();
    history.add(new At(base.index(), base.membership()));
    quorum = new Quorum(base.membership());
  }
}
