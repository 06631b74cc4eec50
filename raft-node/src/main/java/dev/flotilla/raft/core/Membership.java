package dev.flotilla.raft.core;

import java.util.Collections;
import java.util.Set;
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
 */
public record Membership(
    Set<Integer> voters,
    Set<Integer> outgoingVoters,
    Set<Integer> learners,
    Set<Integer> learnersNext) {

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
  }

  public static Membership ofVoters(Set<Integer> voters) {
    return new Membership(voters, Set.of(), Set.of(), Set.of());
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

  /** Everyone the leader replicates to, itself included, ascending. */
  public Set<Integer> all() {
    TreeSet<Integer> all = new TreeSet<>(voters);
    all.addAll(outgoingVoters);
    all.addAll(learners);
    return all;
  }
}
