package dev.flotilla.bench.stream;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.function.LongSupplier;

/**
 * Opens doors straight to the nodes of one cluster. What one door learns about leaders all know.
 */
public final class StreamDoors implements DoorFactory, AutoCloseable {

  private final Network network;
  private final StreamCluster cluster;
  private final SlotTable slots;
  private final Whereabouts whereabouts;
  private final boolean separate;
  private final long timeoutNanos;
  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();

  private StreamDoors(
      Network network,
      StreamCluster cluster,
      boolean separate,
      long timeoutNanos,
      LongSupplier nanoTime) {
    this.network = network;
    this.cluster = cluster;
    this.slots = cluster.slots();
    this.whereabouts = new Whereabouts(cluster);
    this.separate = separate;
    this.timeoutNanos = timeoutNanos;
    this.nanoTime = nanoTime;
  }

  /**
   * Asks the nodes which groups there are.
   *
   * @param clusterId what the nodes were told their cluster is called; they refuse another's
   *     clients
   * @param nodes host:port of nodes' gRPC servers, of each group at least one
   * @param threads event loops for all doors together
   * @param separate whether every lane has connections of its own
   * @param timeoutNanos how long an operation is tried
   * @throws IOException when no node answers
   */
  public static StreamDoors connect(
      String clusterId,
      Collection<String> nodes,
      int threads,
      boolean separate,
      long timeoutNanos,
      LongSupplier nanoTime)
      throws IOException {
    Network network = new Network(threads);
    try {
      StreamCluster cluster = ClusterDiscovery.discover(network, clusterId, nodes);
      return new StreamDoors(network, cluster, separate, timeoutNanos, nanoTime);
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The cluster as it was found. */
  public StreamCluster cluster() {
    return cluster;
  }

  @Override
  public Door open(int lanes) {
    StreamConnections connections =
        new StreamConnections(
            lanes, separate, NodeClient.Options.of(cluster.clusterId()), network, whereabouts);
    StreamSessions sessions = new StreamSessions(lanes, separate, cluster.groups(), random);
    return new CallbackDoor(
        lanes,
        new StreamClient(
            slots, whereabouts, connections, sessions, network.nextLoop(), timeoutNanos, nanoTime));
  }

  @Override
  public void close() {
    network.close();
  }
}
