package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.kv.engine.RocksDbResources;

/**
 * What the nodes of one process share: event loops, and the state engines' memory and threads.
 * Close it after the last node.
 *
 * @param recordCacheBytes what each replica may keep of its records on the heap
 */
public record NodeResources(Network network, RocksDbResources engines, int recordCacheBytes)
    implements AutoCloseable {

  /** The part of the heap that all replicas' records may take together. */
  private static final int HEAP_PART = 8;

  private static final int LEAST_CACHE_BYTES = 256 << 10;
  private static final int MOST_CACHE_BYTES = 256 << 20;

  /**
   * @param nodes in this process; one event loop serves a node, and all nodes of a machine need no
   *     more than it has cores
   * @param replicas of all these nodes
   */
  public static NodeResources create(int nodes, int replicas) {
    int threads = Math.min(nodes, Math.max(1, Runtime.getRuntime().availableProcessors()));
    long cacheBytes = Runtime.getRuntime().maxMemory() / HEAP_PART / Math.max(1, replicas);
    return new NodeResources(
        new Network(threads),
        new RocksDbResources(),
        (int) Math.clamp(cacheBytes, LEAST_CACHE_BYTES, MOST_CACHE_BYTES));
  }

  @Override
  public void close() {
    network.close();
    engines.close();
  }
}
