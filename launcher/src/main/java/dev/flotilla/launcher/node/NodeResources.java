package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.kv.engine.RocksDbResources;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What the nodes of one process share: event loops, and the state engines' memory and threads.
 * Close it after the last node.
 *
 * @param drains writes what replicas have gathered in memory to their engines
 * @param recordBytes what each replica may have of its records on the heap
 */
public record NodeResources(
    Network network, RocksDbResources engines, ExecutorService drains, int recordBytes)
    implements AutoCloseable {

  /** The part of the heap that all replicas' records may take together. */
  private static final int HEAP_PART = 4;

  private static final int LEAST_RECORD_BYTES = 256 << 10;
  private static final int MOST_RECORD_BYTES = 256 << 20;

  /**
   * @param nodes in this process; one event loop serves a node, and all nodes of a machine need no
   *     more than it has cores
   * @param replicas of all these nodes
   */
  public static NodeResources create(int nodes, int replicas) {
    int threads = Math.min(nodes, Math.max(1, Runtime.getRuntime().availableProcessors()));
    long recordBytes = Runtime.getRuntime().maxMemory() / HEAP_PART / Math.max(1, replicas);
    return new NodeResources(
        new Network(threads),
        new RocksDbResources(),
        drains(Math.max(1, replicas)),
        (int) Math.clamp(recordBytes, LEAST_RECORD_BYTES, MOST_RECORD_BYTES));
  }

  /** A replica has one write on its way at most, so there is room for all of them. */
  private static ExecutorService drains(int replicas) {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(replicas),
        Thread.ofPlatform().daemon().name("state-writer").factory(),
        new ThreadPoolExecutor.DiscardPolicy()); // who needs it done does it
  }

  @Override
  public void close() {
    network.close();
    drains.close();
    engines.close();
  }
}
