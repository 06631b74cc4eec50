package dev.flotilla.balancer;

import java.util.Map;

/**
 * A group and where its nodes are.
 *
 * @param weight its share of the ring, in units of 256 virtual nodes
 * @param members {@code host:port} of each member's gRPC server, by node id
 */
public record GroupPlacement(int id, String name, int weight, Map<Integer, String> members) {
  public GroupPlacement {
    members = Map.copyOf(members);
  }
}
