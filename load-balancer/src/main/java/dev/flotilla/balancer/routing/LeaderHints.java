package dev.flotilla.balancer.routing;

import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Reply;

/** What a node says about another. */
final class LeaderHints {
  private LeaderHints() {}

  /**
   * Takes note of the leader a reply names, if its term is newer than what we know. A hint of the
   * known term is not believed: the node it names is most often the one that has just failed us.
   *
   * <p>A leader that is none of the members we know is asked at the address the reply gives, even
   * when the term is no news: it may be what we have forgotten, or never heard who leads it.
   *
   * @return whether it was news
   */
  static boolean learn(LeaderCache leaders, int group, KnownMembers members, Reply reply) {
    if (!reply.hasLeader() || reply.getLeader().getNode() == 0) {
      return false;
    }
    LeaderHint hint = reply.getLeader();
    long known = leaders.term(group);
    if (hint.getTerm() >= known) {
      members.admit(hint.getNode(), hint.getAddress());
    }
    if (hint.getTerm() <= known) {
      return false;
    }
    return members.has(hint.getNode())
        && leaders.learn(group, new Leader(hint.getNode(), hint.getTerm()));
  }
}
