package dev.flotilla.launcher.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node said of itself over HTTP.
 *
 * @param problem why it said nothing; null when it answered
 * @param pid the answering process; 0 without an answer
 */
public record NodeView(
    String node, @Nullable String problem, String cluster, long pid, List<Replica> replicas) {

  /**
   * @param standing MEMBER, or why the replica is none
   * @param leader the leader's name; null when none is known
   * @param voters names of those who vote, as this replica knows them
   * @param learners of those who learn
   * @param changing whether a change of members is under way, as this replica knows
   * @param stateHash null unless asked for
   */
  public record Replica(
      String group,
      String state,
      String standing,
      long term,
      @Nullable String leader,
      long commitIndex,
      long appliedIndex,
      long lastIndex,
      List<String> voters,
      List<String> learners,
      boolean changing,
      @Nullable String stateHash,
      long snapshotsInstalled,
      long compactions) {

    /** Its role; of a replica that is no member, why. */
    public String part() {
      return switch (standing) {
        case "JOINING", "REPLACED", "REMOVED" -> standing;
        default -> state;
      };
    }

    /** Whether the node is a member, as this replica knows. */
    public boolean names(String node) {
      return voters.contains(node) || learners.contains(node);
    }

    public boolean leads() {
      return state.equals("LEADER");
    }
  }

  static NodeView silent(String node, String problem) {
    return new NodeView(node, problem, "", 0, List.of());
  }
}
