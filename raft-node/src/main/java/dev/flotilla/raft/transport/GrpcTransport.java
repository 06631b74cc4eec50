package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.env.Transport;
import io.grpc.BindableService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Transport} over gRPC. Dials every peer with a larger id and accepts the others; redials
 * with jittered back-off. Each pair of nodes has two lanes (Raft messages, snapshots) with a
 * connection each.
 *
 * <p>The receiver is told of a peer's connection before its first message, and of its end after its
 * last; what it is told is about the lane for Raft messages only.
 */
public final class GrpcTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);
  private static final long CLOSE_NANOS = 300_000_000L;

  // What a message may have beside its payload in the batch that carries it alone.
  private static final int LARGEST_MESSAGE_BYTES = Network.MAX_SERVER_INBOUND_BYTES - (64 << 10);

  /**
   * @param messageBufferBytes what may wait for each peer on the lane for Raft messages
   * @param bulkBufferBytes what may wait for each peer on the lane for snapshots
   */
  public record Options(long messageBufferBytes, long bulkBufferBytes) {
    public static final Options DEFAULT = new Options(16L << 20, 4L << 20);

    public Options {
      if (messageBufferBytes < Network.BATCH_BYTES || bulkBufferBytes < Network.BATCH_BYTES) {
        throw new IllegalArgumentException("a buffer must hold a batch");
      }
    }
  }

  private final Handshake handshake;
  private final Map<Integer, NodeAddress> peers;
  private final Network network;
  private final Options options;
  private final RandomGenerator random;
  private final TransportStats stats = new TransportStats();
  private volatile @Nullable Links links;

  /** Everything that exists from {@link #start} on. */
  private record Links(
      Map<Integer, PeerLink<MessageBatch>> messages,
      Map<Integer, PeerLink<BulkMessage>> bulk,
      List<PeerDialer<?>> dialers) {}

  /**
   * @param peers gRPC addresses (host:port) of the other nodes by id; this node's own is ignored
   */
  public GrpcTransport(
      int self, long incarnation, String clusterId, Map<Integer, String> peers, Network network) {
    this(
        self,
        incarnation,
        clusterId,
        peers,
        network,
        Options.DEFAULT,
        PeerIdentities.inMemory(),
        RandomGenerator.getDefault());
  }

  public GrpcTransport(
      int self,
      long incarnation,
      String clusterId,
      Map<Integer, String> peers,
      Network network,
      Options options,
      PeerIdentities identities,
      RandomGenerator random) {
    this.handshake = new Handshake(self, incarnation, clusterId, identities);
    this.peers = new TreeMap<>();
    peers.forEach((node, address) -> {
      if (node != self) {
        this.peers.put(node, NodeAddress.parse(address));
      }
    });
    this.network = network;
    this.options = options;
    this.random = random;
  }

  /** The service to add to the node's server, for peers that dial us. */
  public BindableService service() {
    return new PeerService(this, network);
  }

  public TransportStats stats() {
    return stats;
  }

  /** Whether messages to the node go out at present. */
  public boolean isConnected(int node) {
    Links open = links;
    PeerLink<MessageBatch> link = open == null ? null : open.messages.get(node);
    return link != null && link.isUp();
  }

  @Override
  public void start(Receiver receiver) {
    if (links != null) {
      throw new IllegalStateException("node " + handshake.self() + "'s transport runs already");
    }
    PeerLink.Shared shared = new PeerLink.Shared(handshake, receiver, stats);
    Links made = new Links(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    peers.forEach((node, address) -> addPeer(made, shared, node, address));
    links = made;
    made.dialers.forEach(PeerDialer::start);
  }

  private void addPeer(Links made, PeerLink.Shared shared, int node, NodeAddress address) {
    PeerLink<MessageBatch> messages =
        new PeerLink<>(
            node,
            new Lane.Messages(),
            options.messageBufferBytes,
            shared,
            new Announcer(handshake.self(), shared.receiver()));
    PeerLink<BulkMessage> bulk =
        new PeerLink<>(node, new Lane.Bulk(), options.bulkBufferBytes, shared, new Silent());
    made.messages.put(node, messages);
    made.bulk.put(node, bulk);
    if (handshake.self() < node) {
      made.dialers.add(new PeerDialer<>(messages, address, network, random));
      made.dialers.add(new PeerDialer<>(bulk, address, network, random));
    }
  }

  @Override
  public void send(int toNode, MessageBatch batch) {
    Links open = links;
    PeerLink<MessageBatch> link = open == null ? null : open.messages.get(toNode);
    if (link == null || !link.isUp()) {
      stats.dropped(batch.getMessagesCount());
    } else if (batch.getSerializedSize() <= Network.BATCH_BYTES) {
      link.send(batch);
    } else {
      sendInParts(link, batch);
    }
  }

  /**
   * A node refuses what is larger than it expects by ending the stream, so that must never be sent.
   */
  private void sendInParts(PeerLink<MessageBatch> link, MessageBatch batch) {
    MessageBatch.Builder part = MessageBatch.newBuilder();
    long bytes = 0;
    for (RaftMessage message : batch.getMessagesList()) {
      int size = message.getSerializedSize();
      if (size > LARGEST_MESSAGE_BYTES) {
        stats.dropped(1);
        log.warn(
            "node {}: group {}: a message of {} bytes to node {} is too large to send, term {}",
            handshake.self(),
            message.getGroup(),
            size,
            link.peer(),
            message.getTerm());
        continue;
      }
      if (bytes > 0 && bytes + size > Network.BATCH_BYTES) {
        link.send(part.build());
        part = MessageBatch.newBuilder();
        bytes = 0;
      }
      part.addMessages(message);
      bytes += size;
    }
    if (bytes > 0) {
      link.send(part.build());
    }
  }

  @Override
  public boolean sendBulk(int toNode, BulkMessage message) {
    Links open = links;
    PeerLink<BulkMessage> link = open == null ? null : open.bulk.get(toNode);
    if (link == null || message.getSerializedSize() > LARGEST_MESSAGE_BYTES) {
      stats.dropped(1);
      return false;
    }
    return link.send(message);
  }

  /** The link for a stream that a peer opened, once its greeting tells which peer it is. */
  @Nullable PeerLink<MessageBatch> messagesFrom(int node) {
    Links open = links;
    return open == null || node >= handshake.self() ? null : open.messages.get(node);
  }

  /** The same for the lane of snapshots. */
  @Nullable PeerLink<BulkMessage> bulkFrom(int node) {
    Links open = links;
    return open == null || node >= handshake.self() ? null : open.bulk.get(node);
  }

  boolean isStarted() {
    return links != null;
  }

  int self() {
    return handshake.self();
  }

  /** Ends all streams in order where the network allows; takes at most a few tenths of a second. */
  @Override
  public void close() {
    Links open = links;
    if (open == null) {
      return;
    }
    open.messages.values().forEach(PeerLink::close);
    open.bulk.values().forEach(PeerLink::close);
    open.dialers.forEach(PeerDialer::close);
    long deadline = System.nanoTime() + CLOSE_NANOS;
    for (PeerDialer<?> dialer : open.dialers) {
      dialer.awaitClosed(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime()));
    }
  }

  /** Tells the receiver. */
  private record Announcer(int self, Receiver receiver) implements PeerLink.Events {
    @Override
    public void up(int peer) {
      log.debug("node {}: connected to node {}", self, peer);
      receiver.onPeerConnected(peer);
    }

    @Override
    public void down(int peer) {
      receiver.onPeerDisconnected(peer);
    }
  }

  /** The lane for snapshots comes and goes unannounced: transfers resume by themselves. */
  private record Silent() implements PeerLink.Events {
    @Override
    public void up(int peer) {}

    @Override
    public void down(int peer) {}
  }
}
