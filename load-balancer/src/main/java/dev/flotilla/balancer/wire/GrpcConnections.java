package dev.flotilla.balancer.wire;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.NodeChannel;
import dev.flotilla.balancer.routing.NodeConnections;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One multiplexed stream per node. Nodes come and go with the members of the groups. */
public final class GrpcConnections implements NodeConnections {
  private static final Logger log = LoggerFactory.getLogger(GrpcConnections.class);

  /** What waits for an answer from a node that is no longer wanted has this long. */
  private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeClient.Options options;
  private final Network network;
  private final LongSupplier nanoTime;
  private final Map<Integer, GrpcChannel> channels = new ConcurrentHashMap<>();

  // Guarded by this.
  private final List<Leaving> leaving = new ArrayList<>();
  private boolean closed;

  private record Leaving(NodeClient client, long untilNanos) {}

  /**
   * @param addresses {@code host:port} of each node's gRPC server by the node's id
   * @throws IllegalArgumentException when one of them is no address
   */
  public GrpcConnections(
      Map<Integer, String> addresses, NodeClient.Options options, Network network) {
    this(addresses, options, network, System::nanoTime);
  }

  GrpcConnections(
      Map<Integer, String> addresses,
      NodeClient.Options options,
      Network network,
      LongSupplier nanoTime) {
    this.options = options;
    this.network = network;
    this.nanoTime = nanoTime;
    // What an operator wrote must make sense; what nodes tell later need not.
    addresses.values().forEach(NodeAddress::parse);
    want(addresses);
  }

  @Override
  public NodeChannel to(int node) {
    GrpcChannel channel = channels.get(node);
    return channel == null ? Unwanted.INSTANCE : channel;
  }

  @Override
  public synchronized void want(Map<Integer, String> addresses) {
    if (closed) {
      return;
    }
    addresses.forEach((node, text) -> {
      String address = parse(node, text);
      if (address.isEmpty()) {
        return;
      }
      GrpcChannel present = channels.get(node);
      if (present == null || !present.client.address().equals(address)) {
        channels.put(node, new GrpcChannel(new NodeClient(address, options, network)));
        log.info("node n{} is found at {}", node, address);
        if (present != null) {
          leave(present);
        }
      }
    });
    for (Iterator<Map.Entry<Integer, GrpcChannel>> all = channels.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Integer, GrpcChannel> entry = all.next();
      if (!addresses.containsKey(entry.getKey())) {
        all.remove();
        leave(entry.getValue());
        log.info("node n{} is not asked any more", entry.getKey());
      }
    }
    closeLeaving();
  }

  /** Empty when it is none: then the node cannot be asked, and whoever does is told so. */
  private static String parse(int node, String text) {
    try {
      return NodeAddress.parse(text).toString();
    } catch (IllegalArgumentException e) {
      // Said again and again, so not loudly: the node's own members command refuses such addresses.
      log.debug("nobody knows where node n{} is: {}", node, e.getMessage());
      return "";
    }
  }

  private void leave(GrpcChannel channel) {
    leaving.add(new Leaving(channel.client, nanoTime.getAsLong() + LEAVING_NANOS));
  }

  private void closeLeaving() {
    long now = nanoTime.getAsLong();
    leaving.removeIf(gone -> {
      boolean over = gone.client.outstanding() == 0 || now - gone.untilNanos >= 0;
      if (over) {
        gone.client.closeLater();
      }
      return over;
    });
  }

  @Override
  public void close() {
    List<NodeClient> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      channels.values().forEach(channel -> open.add(channel.client));
      leaving.forEach(gone -> open.add(gone.client));
    }
    open.forEach(NodeClient::close);
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

    @Override
    public void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
      client.members(group, timeoutMillis, onReply);
    }
  }

  /** A node that left between the choice to ask it and the asking. */
  private enum Unwanted implements NodeChannel {
    INSTANCE;

    @Override
    public void command(int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply) {
      refuse(onReply);
    }

    @Override
    public void query(
        int group,
        ByteString query,
        ReadConsistency consistency,
        int timeoutMillis,
        Consumer<Reply> onReply) {
      refuse(onReply);
    }

    @Override
    public void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
      refuse(onReply);
    }

    private static void refuse(Consumer<Reply> onReply) {
      onReply.accept(
          Reply.newBuilder()
              .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
              .setError(ErrorCode.ERROR_CODE_UNAVAILABLE)
              .setMessage("the node is no longer a member")
              .build());
    }
  }
}
