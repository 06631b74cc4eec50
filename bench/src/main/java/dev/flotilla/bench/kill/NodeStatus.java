package dev.flotilla.bench.kill;

import java.util.List;
import java.util.Optional;

/**
 * What a node says of itself at {@code GET /raft/status}.
 *
 * @param pid of the process that answered
 */
public record NodeStatus(String cluster, String node, long pid, List<Replica> replicas) {

  /**
   * @param state LEADER, FOLLOWER, CANDIDATE or LEARNER
   */
  public record Replica(
      String group, String state, long term, long commitIndex, long appliedIndex) {

    public boolean leads() {
      return state.equals("LEADER");
    }
  }

  public Optional<Replica> replica(String group) {
    return replicas.stream().filter(replica -> replica.group().equals(group)).findFirst();
  }
}
