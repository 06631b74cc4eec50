package dev.flotilla.balancer.routing;

/** The ways to all nodes. */
public interface NodeConnections extends AutoCloseable {
  /**
   * The channel to a node of the configuration; it exists whether or not the node can be reached.
   */
  NodeChannel to(int node);

  @Override
  void close();
}
