package dev.flotilla.balancer.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cluster at one moment.
 *
 * @param atMillis wall clock
 * @param groups ascending by id
 */
public record ClusterPicture(long atMillis, List<Group> groups, Traffic traffic) {

  public ClusterPicture {
    groups = List.copyOf(groups);
  }

  /**
   * @param leader the node that says of itself that it leads, in the newest term; null = none that
   *     answers
   * @param term the newest that anybody knows
   * @param voters how many there are
   * @param answering how many of the voters answer
   * @param members ascending by id
   */
  public record Group(
      int id,
      String name,
      int slots,
      @Nullable Integer leader,
      long term,
      int voters,
      int answering,
      Traffic.Rates rates,
      List<Member> members) {

    public Group {
      members = List.copyOf(members);
    }

    /** Whether a majority of the voters answers. */
    public boolean hasQuorum() {
      return answering > voters / 2;
    }
  }

  /** What a member is, as it says, or as can be seen of it. */
  public enum Part {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    LEARNER,
    /** Stopped itself. */
    FAILED,
    /** Waits to be let in. */
    JOINING,
    /** Its node is bound to another replica. */
    REPLACED,
    REMOVED,
    /** Gave no answer when it was last asked. */
    UNREACHABLE
  }

  /**
   * The figures of an unreachable member are those it gave last, 0 before the first.
   *
   * @param lag entries of the leader's log that it is not known to hold; null without a leader
   * @param sinceContactMillis since it and the leader heard of each other; null when unknown
   * @param problem one plain sentence, or null
   */
  public record Member(
      int node,
      String address,
      Part part,
      boolean voter,
      long term,
      long commitIndex,
      long appliedIndex,
      long lastIndex,
      @Nullable Long lag,
      @Nullable Long sinceContactMillis,
      long uptimeMillis,
      @Nullable String problem) {}
}
