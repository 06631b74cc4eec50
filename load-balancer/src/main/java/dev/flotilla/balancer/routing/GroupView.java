package dev.flotilla.balancer.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as the router knows it.
 *
 * @param leader null when none is known
 * @param term the newest known, 0 = none
 * @param members ascending by id
 */
public record GroupView(
    int id, String name, @Nullable Leader leader, long term, int slots, List<Member> members) {

  /**
   * @param address {@code host:port} of the node's gRPC server
   * @param voter false for one that is still learning
   */
  public record Member(int node, String address, boolean voter) {
    public Member(int node, String address) {
      this(node, address, true);
    }
  }
}
