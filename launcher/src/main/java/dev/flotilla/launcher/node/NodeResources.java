package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.kv.engine.RocksDbResources;

/**
 * What the nodes of one process share: event loops, and the state engines' memory and threads.
 * Close it after the last node.
 */
public record NodeResources(Network network, RocksDbResources engines) implements AutoCloseable {

  /** One event loop serves a node; all nodes of a machine need no more than it has cores. */
  public static NodeResources create(int nodes) {
    int threads = Math.min(nodes, Math.max(1, Runtime.getRuntime().availableProcessors()));
    return new NodeResources(new Network(threads), new RocksDbResources());
  }

  @Override
  public void close() {
    network.close();
    engines.close();
  }
}
