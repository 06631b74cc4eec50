package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.env.Transport;
import io.grpc.BindableService;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Transport} over gRPC. Each pair of nodes has two lanes (Raft messages, snapshots) with a
 * connection each, redialed with jittered back-off.
 *
 * <p>Peers come and go. This node dials those it wants; a peer that is wanted no longer keeps its
 * connection for a while, because what made it superfluous may still be on its way to it. A node
 * nobody here wants may dial all the same, as a guest: whoever is to join a group, or has not heard
 * yet that it left one, is reached and heard in this way. What it says is for the groups to judge.
 *
 * <p>The receiver is told of a peer's connection before its first message, and of its end after its
 * last; what it is told is about the lane for Raft messages only.
 */
public final class GrpcTransport implements Transport {
  private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);
  private static final long CLOSE_NANOS = 300_000_000L;

  // What a message may have beside its payload in the batch that carries it alone.
  private static final int LARGEST_MESSAGE_BYTES = Network.MAX_SERVER_INBOUND_BYTES - (64 << 10);

  /** A guest's streams are the cheapest thing an unwanted node can cost us, but not free. */
  static final int MOST_GUESTS = 64;

  /**
   * @param messageBufferBytes what may wait for each peer on the lane for Raft messages
   * @param bulkBufferBytes what may wait for each peer on the lane for snapshots
   * @param partingNanos how long a peer keeps its connection once it is no longer wanted
   */
  public record Options(long messageBufferBytes, long bulkBufferBytes, long partingNanos) {
    public static final Options DEFAULT = new Options(16L << 20, 4L << 20, 2_000_000_000L);

    public Options {
      if (messageBufferBytes < Network.BATCH_BYTES || bulkBufferBytes < Network.BATCH_BYTES) {
        throw new IllegalArgumentException("a buffer must hold a batch");
      }
    }
  }

  private final Handshake handshake;
  private final Network network;
  private final Options options;
  private final RandomGenerator random;
  private final TransportStats stats = new TransportStats();

  /** Written under the lock only. */
  private final Map<Integer, Peer> peers = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Map<Integer, NodeAddress> wanted = new TreeMap<>();
  private PeerLink.@Nullable Shared shared;
  private boolean closed;

  public GrpcTransport(int self, long incarnation, String clusterId, Network network) {
    this(self, incarnation, clusterId, network, Options.DEFAULT, RandomGenerator.getDefault());
  }

  /**
   * @param incarnation of this node's folder, told to peers for their logs
   */
  public GrpcTransport(
      int self,
      long incarnation,
      String clusterId,
      Network network,
      Options options,
      RandomGenerator random) {
    this.handshake = new Handshake(self, incarnation, clusterId);
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
    Peer peer = peers.get(node);
    return peer != null && peer.messages().isUp();
  }

  /** Whether this node keeps the connection up by itself. */
  boolean isDialing(int node) {
    Peer peer = peers.get(node);
    return peer != null && peer.isDialing();
  }

  /** How many nodes there are links for, wanted and guests. */
  int peerCount() {
    return peers.size();
  }

  @Override
  public synchronized void start(Receiver receiver) {
    if (shared != null) {
      throw new IllegalStateException("node " + handshake.self() + "'s transport runs already");
    }
    PeerLink.Shared made = new PeerLink.Shared(handshake, receiver, stats, this::streamEnded);
    shared = made;
    wanted.forEach((node, address) -> peer(node, made).dial(address));
  }

  @Override
  public synchronized void connect(SortedMap<Integer, String> addresses) {
    if (closed) {
      return;
    }
    Map<Integer, NodeAddress> now = new TreeMap<>();
    addresses.forEach((node, text) -> {
      if (node != handshake.self()) {
        parse(node, text).ifPresent(address -> now.put(node, address));
      }
    });
    List<Integer> gone = wanted.keySet().stream().filter(node -> !now.containsKey(node)).toList();
    wanted.clear();
    wanted.putAll(now);
    PeerLink.Shared running = shared;
    if (running != null) {
      now.forEach((node, address) -> peer(node, running).dial(address));
      gone.forEach(this::partLater);
    }
  }

  private Optional<NodeAddress> parse(int node, String text) {
    try {
      return Optional.of(NodeAddress.parse(text));
    } catch (IllegalArgumentException e) {
      // It can still dial us.
      log.warn(
          "node {}: nobody knows where node {} is: {}", handshake.self(), node, e.getMessage());
      return Optional.empty();
    }
  }

  private Peer peer(int node, PeerLink.Shared running) {
    return peers.computeIfAbsent(node, id -> new Peer(id, running, options, network, random));
  }

  private void partLater(int node) {
    try {
      network.nextLoop().schedule(() -> part(node), options.partingNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException networkClosed) {
      log.debug("node {}: the network is closed", handshake.self());
    }
  }

  private synchronized void part(int node) {
    Peer peer = peers.get(node);
    if (peer != null && !wanted.containsKey(node)) {
      log.info("node {}: no group is shared with node {} any more", handshake.self(), node);
      peer.stopDialing();
      forgetIfUnused(node, peer);
    }
  }

  private synchronized void streamEnded(int node) {
    Peer peer = peers.get(node);
    if (peer != null) {
      forgetIfUnused(node, peer);
    }
  }

  private void forgetIfUnused(int node, Peer peer) {
    if (!wanted.containsKey(node) && peer.isUnused()) {
      peers.remove(node);
    }
  }

  /**
   * A stream that a peer opened, once its greeting tells which peer it is; null when this node
   * takes none of it.
   */
  synchronized <M> PeerLink<M>.@Nullable Incoming accept(
      int node, Function<Peer, PeerLink<M>> lane, EventLoop loop) {
    PeerLink.Shared running = shared;
    if (running == null || closed || node < 1 || node == handshake.self()) {
      return null;
    }
    if (!peers.containsKey(node) && peers.size() >= wanted.size() + MOST_GUESTS) {
      return null;
    }
    return lane.apply(peer(node, running)).newStream(loop, false);
  }

  @Override
  public void send(int toNode, MessageBatch batch) {
    Peer peer = peers.get(toNode);
    PeerLink<MessageBatch> link = peer == null ? null : peer.messages();
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
    Peer peer = peers.get(toNode);
    PeerLink<BulkMessage> link = peer == null ? null : peer.bulk();
    if (link == null || message.getSerializedSize() > LARGEST_MESSAGE_BYTES) {
      stats.dropped(1);
      return false;
    }
    return link.send(message);
  }

  synchronized boolean isStarted() {
    return shared != null;
  }

  int self() {
    return handshake.self();
  }

  /** Ends all streams in order where the network allows; takes at most a few tenths of a second. */
  @Override
  public void close() {
    List<PeerDialer<?>> closing = new ArrayList<>();
    synchronized (this) {
      closed = true;
      peers.values().forEach(peer -> closing.addAll(peer.close()));
    }
    long deadline = System.nanoTime() + CLOSE_NANOS;
    for (PeerDialer<?> dialer : closing) {
      dialer.awaitClosed(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime()));
    }
  }
}
