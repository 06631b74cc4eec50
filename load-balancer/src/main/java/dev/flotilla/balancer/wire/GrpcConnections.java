package dev.flotilla.balancer.wire;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.NodeChannel;
import dev.flotilla.balancer.routing.NodeConnections;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** One multiplexed stream per node. */
public final class GrpcConnections implements NodeConnections {
  private final Map<Integer, GrpcChannel> channels = new HashMap<>();

  /**
   * @param addresses {@code host:port} of each node's gRPC server by the node's id
   */
  public GrpcConnections(
      Map<Integer, String> addresses, NodeClient.Options options, Network network) {
    addresses.forEach((node, address) ->
        channels.put(node, new GrpcChannel(new NodeClient(address, options, network))));
  }

  @Override
  public NodeChannel to(int node) {
    GrpcChannel channel = channels.get(node);
    if (channel == null) {
      throw new IllegalArgumentException("no node " + node + " in the configuration");
    }
    return channel;
  }

  @Override
  public void close() {
    channels.values().forEach(channel -> channel.client.close());
  }

  private record GrpcChannel(NodeClient client) implements NodeChannel {
    @Override
    public void command(int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply) {
      client.command(group, command, timeoutMillis, onReply);
    }

    @Override
    public void query(
        int group,
        ByteString query,
        ReadConsistency consistency,
        int timeoutMillis,
        Consumer<Reply> onReply) {
      client.query(group, query, consistency, timeoutMillis, onReply);
    }
  }
}
