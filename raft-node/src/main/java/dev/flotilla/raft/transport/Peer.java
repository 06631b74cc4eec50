package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Transport.Receiver;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another node: the two lanes to it, and, as long as this node wants it, who dials them. Not
 * thread-safe but for its links.
 */
final class Peer {
  private static final Logger log = LoggerFactory.getLogger(Peer.class);

  private final int self;
  private final int node;
  private final Network network;
  private final RandomGenerator random;
  private final PeerLink<MessageBatch> messages;
  private final PeerLink<BulkMessage> bulk;
  private volatile @Nullable PeerDialer<MessageBatch> messageDialer;
  private volatile @Nullable PeerDialer<BulkMessage> bulkDialer;

  Peer(
      int node,
      PeerLink.Shared shared,
      GrpcTransport.Options options,
      Network network,
      RandomGenerator random) {
    this.self = shared.handshake().self();
    this.node = node;
    this.network = network;
    this.random = random;
    this.messages =
        new PeerLink<>(
            node,
            new Lane.Messages(),
            options.messageBufferBytes(),
            shared,
            new Announcer(shared.receiver()));
    this.bulk =
        new PeerLink<>(node, new Lane.Bulk(), options.bulkBufferBytes(), shared, new Silent());
  }

  PeerLink<MessageBatch> messages() {
    return messages;
  }

  PeerLink<BulkMessage> bulk() {
    return bulk;
  }

  /** Dials from now on, or goes on dialing at another address. */
  void dial(NodeAddress address) {
    PeerDialer<MessageBatch> first = messageDialer;
    PeerDialer<BulkMessage> second = bulkDialer;
    if (first != null && second != null) {
      first.readdress(address);
      second.readdress(address);
      return;
    }
    boolean inTurn = self < node;
    PeerDialer<MessageBatch> dialMessages =
        new PeerDialer<>(messages, inTurn, address, network, random);
    PeerDialer<BulkMessage> dialBulk = new PeerDialer<>(bulk, inTurn, address, network, random);
    messageDialer = dialMessages;
    bulkDialer = dialBulk;
    dialMessages.start();
    dialBulk.start();
  }

  /** Ends what this node dialed; what the peer dialed is the peer's to end. */
  void stopDialing() {
    PeerDialer<MessageBatch> first = messageDialer;
    PeerDialer<BulkMessage> second = bulkDialer;
    messageDialer = null;
    bulkDialer = null;
    messages.endDialed();
    bulk.endDialed();
    if (first != null && second != null) {
      first.close();
      second.close();
    }
  }

  boolean isDialing() {
    return messageDialer != null;
  }

  /** Whether nothing would be lost by forgetting it. */
  boolean isUnused() {
    return messageDialer == null && messages.isUnused() && bulk.isUnused();
  }

  /** For good; returns the connections that are still to end. */
  List<PeerDialer<?>> close() {
    messages.close();
    bulk.close();
    List<PeerDialer<?>> closing =
        Stream.<@Nullable PeerDialer<?>>of(messageDialer, bulkDialer)
            .<PeerDialer<?>>mapMulti((dialer, all) -> {
              if (dialer != null) {
                all.accept(dialer);
              }
            })
            .toList();
    closing.forEach(PeerDialer::close);
    return closing;
  }

  /** Tells the receiver of the lane for Raft messages. */
  private final class Announcer implements PeerLink.Events {
    private final Receiver receiver;

    Announcer(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void up(int peer) {
      log.debug("node {}: connected to node {}", self, peer);
      receiver.onPeerConnected(peer);
    }

    @Override
    public void down(int peer) {
      receiver.onPeerDisconnected(peer);
      notice(messageDialer);
    }
  }

  /** The lane for snapshots comes and goes unannounced: transfers resume by themselves. */
  private final class Silent implements PeerLink.Events {
    @Override
    public void up(int peer) {}

    @Override
    public void down(int peer) {
      notice(bulkDialer);
    }
  }

  private static void notice(@Nullable PeerDialer<?> dialer) {
    if (dialer != null) {
      dialer.linkDown();
    }
  }
}
