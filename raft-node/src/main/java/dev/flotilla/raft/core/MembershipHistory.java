package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
   * The latest membership that holds the node, among the one in force at {@code index} and those
   * after it; null when none does.
   */
  @Nullable Membership lastHolding(int node, long index) {
    for (int i = history.size() - 1; i >= 0; i--) {
      At at = history.get(i);
      if (at.membership().contains(node)) {
        return at.membership();
      }
      if (at.index() <= index) {
        return null;
      }
    }
    return null;
  }

  /**
   * Where the membership in force at {@code commitIndex} stands, if the group goes on without the
   * node: neither that one nor any after it holds the node. 0 otherwise, and when nobody is known
   * to be a member.
   */
  long removalOf(int node, long commitIndex) {
    for (int i = history.size() - 1; i >= 0; i--) {
      At at = history.get(i);
      if (at.membership().contains(node)) {
        return 0;
      }
      if (at.index() <= commitIndex) {
        return at.membership().isEmpty() ? 0 : at.index();
      }
    }
    return 0;
  }

  /** All nodes of the membership in force at {@code index} and of those after it. */
  SortedMap<Integer, Member> membersSince(long index) {
    TreeMap<Integer, Member> members = new TreeMap<>();
    for (int i = history.size() - 1; i >= 0; i--) {
      Membership membership = history.get(i).membership();
      for (int node : membership.all()) {
        members.putIfAbsent(node, membership.member(node));
      }
      if (history.get(i).index() <= index) {
        break;
      }
    }
    return members;
  }

  /** See {@link ReplicaState#mayCampaign}. */
  boolean mayCampaign(int node, ReplicaIdentity identity, long commitIndex) {
    boolean latest = true;
    for (int i = history.size() - 1; i >= 0; i--) {
      At at = history.get(i);
      boolean committed = at.index() <= commitIndex;
      if (at.membership().contains(node)) {
        boolean meant = means(at.membership(), node, identity);
        if (latest && !meant) {
          return false;
        }
        latest = false;
        if (meant
            && (committed
                ? at.membership().isVoter(node)
                : at.membership().voters().contains(node))) {
          return true;
        }
      }
      if (committed) {
        return false;
      }
    }
    return false;
  }

  /** Whether a membership's member is this very replica, as far as the membership can tell. */
  private static boolean means(Membership membership, int node, ReplicaIdentity identity) {
    long bound = membership.incarnationOf(node);
    return bound == 0
        ? !membership.isBorn() && !identity.reborn()
        : bound == identity.incarnation();
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
