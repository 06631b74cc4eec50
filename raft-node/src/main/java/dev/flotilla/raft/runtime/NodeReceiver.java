package dev.flotilla.raft.runtime;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.raft.wire.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What arrives from the other nodes, on the transport's threads: decoded here, and only enqueued.
 */
final class NodeReceiver implements Transport.Receiver {
  private static final Logger log = LoggerFactory.getLogger(NodeReceiver.class);

  private final NodeOptions options;
  private final Mailbox mailbox;
  private final SnapshotExchange exchange;
  private final NodeMetrics metrics;

  NodeReceiver(
      NodeOptions options, Mailbox mailbox, SnapshotExchange exchange, NodeMetrics metrics) {
    this.options = options;
    this.mailbox = mailbox;
    this.exchange = exchange;
    this.metrics = metrics;
  }

  @Override
  public void onMessages(int fromNode, MessageBatch batch) {
    long bytes = batch.getSerializedSize();
    if (!mailbox.hasRoomForPeer(bytes)) {
      metrics.peerBatchesDropped.incrementAndGet();
      return;
    }
    List<Mailbox.Addressed> messages = new ArrayList<>(batch.getMessagesCount());
    for (RaftMessage encoded : batch.getMessagesList()) {
      Optional<Message> message = MessageCodec.decode(encoded);
      if (message.isPresent()
          && message.get().from() == fromNode
          && message.get().to() == options.node()) {
        messages.add(
            new Mailbox.Addressed(encoded.getGroup(), message.get(), encoded.getIncarnation()));
      } else {
        metrics.peerMessagesRefused.incrementAndGet();
      }
    }
    if (!messages.isEmpty()
        && !mailbox.offerPeer(new Mailbox.PeerMail(fromNode, messages, bytes))) {
      metrics.peerBatchesDropped.incrementAndGet();
    }
  }

  @Override
  public void onBulk(int fromNode, BulkMessage message) {
    exchange.onBulk(fromNode, message);
  }

  @Override
  public void onPeerConnected(int node) {
    log.info("{}: connected with node {}", options.name(), node);
  }

  @Override
  public void onPeerDisconnected(int node) {
    log.info("{}: connection with node {} broke", options.name(), node);
    exchange.onPeerDisconnected(node);
    mailbox.complete(new Mail.PeerDisconnected(node));
  }
}
