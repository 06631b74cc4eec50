package dev.flotilla.raft.core;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who belongs to a group. While {@code outgoingVoters} is not empty the configuration is joint and
 * every decision (vote, commit, read, check-quorum) needs a majority of both voter sets (thesis
 * 4.3, H6).
 *
 * @param voters the (incoming) voters, by node id
 * @param outgoingVoters the voters being replaced; empty unless joint
 * @param learners receive the log, do not count
 * @param learnersNext outgoing voters that become learners when the joint configuration is left
 * @param members what is known of the nodes above beside their numbers; a node that is not in here
 *     is {@link Member#unbound}, and nobody is in here who is not a member
 */
public record Membership(
    Set<Integer> voters,
    Set<Integer> outgoingVoters,
    Set<Integer> learners,
    Set<Integer> learnersNext,
    SortedMap<Integer, Member> members) {

  /**
   * What a replica knows that was told to join a group: nothing. It takes entries and snapshots
   * from a leader, and neither votes nor campaigns before a membership has arrived.
   */
  public static final Membership EMPTY =
      new Membership(Set.of(), Set.of(), Set.of(), Set.of(), new TreeMap<>());

  public Membership {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    outgoingVoters = Collections.unmodifiableSortedSet(new TreeSet<>(outgoingVoters));
    learners = Collections.unmodifiableSortedSet(new TreeSet<>(learners));
    learnersNext = Collections.unmodifiableSortedSet(new TreeSet<>(learnersNext));
    for (int learner : learners) {
      if (voters.contains(learner) || outgoingVoters.contains(learner)) {
        throw new IllegalArgumentException("node " + learner + " is both voter and learner");
      }
    }
    TreeMap<Integer, Member> known = new TreeMap<>();
    for (Map.Entry<Integer, Member> entry : members.entrySet()) {
      int node = entry.getKey();
      Member member = entry.getValue();
      if (member.node() != node) {
        throw new IllegalArgumentException("node " + node + " is described as " + member);
      }
      boolean belongs =
          voters.contains(node) || outgoingVoters.contains(node) || learners.contains(node);
      if (belongs && !member.isPlain()) {
        known.put(node, member);
      }
    }
    members = Collections.unmodifiableSortedMap(known);
  }

  /** Of nodes of which nothing is known but their numbers. */
  public Membership(
      Set<Integer> voters,
      Set<Integer> outgoingVoters,
      Set<Integer> learners,
      Set<Integer> learnersNext) {
    this(voters, outgoingVoters, learners, learnersNext, new TreeMap<>());
  }

  public static Membership ofVoters(Set<Integer> voters) {
    return new Membership(voters, Set.of(), Set.of(), Set.of());
  }

  /** The same parts, with other knowledge of the nodes. */
  public Membership withMembers(SortedMap<Integer, Member> newMembers) {
    return new Membership(voters, outgoingVoters, learners, learnersNext, newMembers);
  }

  /** The same parts, with other knowledge of one node. */
  public Membership with(Member member) {
    TreeMap<Integer, Member> changed = new TreeMap<>(members);
    changed.put(member.node(), member);
    return withMembers(changed);
  }

  /** What is known of a node, whether it belongs here or not. */
  public Member member(int node) {
    Member member = members.get(node);
    return member == null ? Member.unbound(node) : member;
  }

  /** The replica the node is bound to; 0 for none. */
  public long incarnationOf(int node) {
    return member(node).incarnation();
  }

  /**
   * Whether any member is bound to its replica. Before that a group is in its first moments: there
   * is nobody yet whose loss could be told from its absence.
   */
  public boolean isBorn() {
    for (Member member : members.values()) {
      if (member.isBound()) {
        return true;
      }
    }
    return false;
  }

  /** Whether every member is bound to its replica. */
  public boolean areAllBound() {
    return areBound(voters) && areBound(outgoingVoters) && areBound(learners);
  }

  private boolean areBound(Set<Integer> nodes) {
    for (int node : nodes) {
      if (incarnationOf(node) == 0) {
        return false;
      }
    }
    return true;
  }

  public boolean isEmpty() {
    return voters.isEmpty() && outgoingVoters.isEmpty() && learners.isEmpty();
  }

  public boolean isJoint() {
    return !outgoingVoters.isEmpty();
  }

  /** Whether the node votes, in either half of a joint configuration. */
  public boolean isVoter(int node) {
    return voters.contains(node) || outgoingVoters.contains(node);
  }

  public boolean isLearner(int node) {
    return learners.contains(node);
  }

  public boolean contains(int node) {
    return isVoter(node) || isLearner(node);
  }

  /**
   * For people: {@code voters 1#7f 2#9c outgoing 1#7f 2#9c 3#11 learners 4#2a+3}, the replica after
   * the #, a learner to be promoted with a +, and after that the node it replaces.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    describe(text, "voters", voters);
    describe(text, " outgoing", outgoingVoters);
    describe(text, " learners", learners);
    describe(text, " learners next", learnersNext);
    return isEmpty() ? "nobody" : text.toString();
  }

  private void describe(StringBuilder text, String part, Set<Integer> nodes) {
    if (!nodes.isEmpty()) {
      text.append(part);
    }
    for (int node : nodes) {
      Member member = member(node);
      text.append(' ').append(node);
      if (member.isBound()) {
        text.append('#').append(Long.toHexString(member.incarnation()));
      }
      if (member.promote()) {
        text.append('+').append(member.replaces() == 0 ? "" : member.replaces());
      }
    }
  }

  /** Everyone the leader replicates to, itself included, ascending. */
  public Set<Integer> all() {
    TreeSet<Integer> all = new TreeSet<>(voters);
    all.addAll(outgoingVoters);
    all.addAll(learners);
    return all;
  }
}
