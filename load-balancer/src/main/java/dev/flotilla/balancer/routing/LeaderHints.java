package dev.flotilla.balancer.routing;

import dev.flotilla.proto.client.v1.Reply;

/** What a node says about another. */
final class LeaderHints {
  private LeaderHints() {}

  /**
   * Takes note of the leader a reply names, if its term is newer than what we know. A hint of the
   * known term is not believed: the node it names is most often the one that has just failed us.
   *
   * @return whether it was news
   */
  static boolean learn(LeaderCache leaders, int group, Reply reply) {
    if (!reply.hasLeader() || reply.getLeader().getNode() == 0) {
      return false;
    }
    long term = reply.getLeader().getTerm();
    return term > leaders.term(group)
        && leaders.learn(group, new Leader(reply.getLeader().getNode(), term));
  }
}
