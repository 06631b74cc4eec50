package dev.flotilla.balancer.routing;

import java.util.Map;

/** The ways to all nodes. */
public interface NodeConnections extends AutoCloseable {
  /**
   * The channel to a node; it exists whether or not the node can be reached. One to a node that is
   * not wanted, or no longer, refuses everything.
   */
  NodeChannel to(int node);

  /**
   * From now on these nodes are wanted, and found at these addresses ({@code host:port}). Ways to
   * others are given up once nothing is under way on them, or after a while. Called when members
   * change, and again and again; never blocks.
   */
  default void want(Map<Integer, String> addresses) {}

  @Override
  void close();
}
