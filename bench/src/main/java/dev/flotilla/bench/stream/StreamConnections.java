package dev.flotilla.bench.stream;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams to the nodes, made when they are first needed: one to each node for all lanes, whose
 * requests then travel in batches, or one to each node for each lane, so that every request is a
 * message of its own as it is with clients that know nothing of each other.
 */
final class StreamConnections implements AutoCloseable {

  private final List<Map<Integer, NodeClient>> byLane = new ArrayList<>();
  private final boolean separate;
  private final NodeClient.Options options;
  private final Network network;
  private final Whereabouts whereabouts;

  StreamConnections(
      int lanes,
      boolean separate,
      NodeClient.Options options,
      Network network,
      Whereabouts whereabouts) {
    this.separate = separate;
    this.options = options;
    this.network = network;
    this.whereabouts = whereabouts;
    for (int i = 0; i < (separate ? lanes : 1); i++) {
      byLane.add(new ConcurrentHashMap<>());
    }
  }

  NodeClient to(int lane, int node) {
    Map<Integer, NodeClient> clients = byLane.get(separate ? lane : 0);
    NodeClient present = clients.get(node);
    return present != null ? present : clients.computeIfAbsent(node, this::connect);
  }

  private NodeClient connect(int node) {
    return new NodeClient(whereabouts.addressOf(node), options, network);
  }

  @Override
  public void close() {
    byLane.forEach(clients -> clients.values().forEach(NodeClient::closeLater));
  }
}
