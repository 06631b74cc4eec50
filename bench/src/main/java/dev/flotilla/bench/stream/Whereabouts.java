package dev.flotilla.bench.stream;

import dev.flotilla.proto.client.v1.LeaderHint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which node to try for each group, and where it is: the leader as far as anybody said, otherwise
 * the members in turn. Shared by all clients of a run, so that what one learns of an election all
 * know. Thread-safe.
 */
final class Whereabouts {

  private record Guess(int node, long term) {}

  private static final class Group {
    final List<Integer> members;
    volatile Guess guess;

    Group(StreamCluster.Group group) {
      members = group.members();
      guess =
          members.contains(group.leader())
              ? new Guess(group.leader(), group.term())
              : new Guess(members.getFirst(), 0);
    }
  }

  private final Map<Integer, Group> groups = new HashMap<>();
  private final Map<Integer, String> addresses;

  Whereabouts(StreamCluster cluster) {
    cluster.groups().forEach(group -> groups.put(group.id(), new Group(group)));
    addresses = new ConcurrentHashMap<>(cluster.addresses());
  }

  /** Whom to ask next. */
  int nodeFor(int group) {
    return known(group).guess.node();
  }

  /** host:port of a node that {@link #nodeFor} named. */
  String addressOf(int node) {
    String address = addresses.get(node);
    if (address == null) {
      throw new IllegalArgumentException("nobody knows where node " + node + " is");
    }
    return address;
  }

  /**
   * The node asked does not lead the group.
   *
   * @return whether there is news, so that another attempt may follow at once
   */
  boolean redirected(int group, int asked, LeaderHint hint) {
    Group known = known(group);
    synchronized (known) {
      if (hint.getNode() != 0 && !hint.getAddress().isEmpty()) {
        addresses.putIfAbsent(hint.getNode(), hint.getAddress());
      }
      Guess guess = known.guess;
      boolean useful =
          hint.getNode() != 0
              && hint.getNode() != asked
              && addresses.containsKey(hint.getNode())
              && hint.getTerm() >= guess.term();
      if (useful) {
        known.guess = new Guess(hint.getNode(), hint.getTerm());
        return true;
      }
    }
    return lost(group, asked);
  }

  /**
   * The node asked cannot be reached, or is of no use: somebody else next time.
   *
   * @return whether another was known already
   */
  boolean lost(int group, int asked) {
    Group known = known(group);
    synchronized (known) {
      Guess guess = known.guess;
      if (guess.node() != asked) {
        return true;
      }
      int next = (known.members.indexOf(asked) + 1) % known.members.size();
      known.guess = new Guess(known.members.get(next), guess.term());
      return false;
    }
  }

  private Group known(int group) {
    Group known = groups.get(group);
    if (known == null) {
      throw new IllegalArgumentException("there is no group " + group);
    }
    return known;
  }
}
