package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.Hello;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.PeerGrpc;
import dev.flotilla.raft.env.Transport.Receiver;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * What differs between the two streams of a pair of nodes. Each has a connection of its own, so
 * that no snapshot ever stands in front of a heartbeat (H26).
 */
sealed interface Lane<M> {

  String name();

  /** Of lines about its connection: one lane speaks for both. */
  Level logLevel();

  M greeting(Hello hello);

  /** Empty when the message does not begin a stream. */
  Optional<Hello> greetingIn(M message);

  int sizeBytes(M message);

  /** How many things are lost when the message is. */
  int count(M message);

  StreamObserver<M> open(Channel channel, StreamObserver<M> inbound);

  void deliver(Receiver receiver, int from, M message);

  /** Raft messages of all groups. */
  record Messages() implements Lane<MessageBatch> {
    // How many bytes gRPC takes before it says it is not ready.
    private static final int READY_BYTES = 256 << 10;

    @Override
    public String name() {
      return "messages";
    }

    @Override
    public Level logLevel() {
      return Level.INFO;
    }

    @Override
    public MessageBatch greeting(Hello hello) {
      return MessageBatch.newBuilder().setHello(hello).build();
    }

    @Override
    public Optional<Hello> greetingIn(MessageBatch message) {
      return message.hasHello() ? Optional.of(message.getHello()) : Optional.empty();
    }

    @Override
    public int sizeBytes(MessageBatch message) {
      return message.getSerializedSize();
    }

    @Override
    public int count(MessageBatch message) {
      return message.getMessagesCount();
    }

    @Override
    public StreamObserver<MessageBatch> open(
        Channel channel, StreamObserver<MessageBatch> inbound) {
      return PeerGrpc.newStub(channel).withOnReadyThreshold(READY_BYTES).messages(inbound);
    }

    @Override
    public void deliver(Receiver receiver, int from, MessageBatch message) {
      receiver.onMessages(from, message);
    }
  }

  /** Snapshots. */
  record Bulk() implements Lane<BulkMessage> {
    @Override
    public String name() {
      return "bulk";
    }

    @Override
    public Level logLevel() {
      return Level.DEBUG;
    }

    @Override
    public BulkMessage greeting(Hello hello) {
      return BulkMessage.newBuilder().setHello(hello).build();
    }

    @Override
    public Optional<Hello> greetingIn(BulkMessage message) {
      return message.hasHello() ? Optional.of(message.getHello()) : Optional.empty();
    }

    @Override
    public int sizeBytes(BulkMessage message) {
      return message.getSerializedSize();
    }

    @Override
    public int count(BulkMessage message) {
      return 1;
    }

    @Override
    public StreamObserver<BulkMessage> open(Channel channel, StreamObserver<BulkMessage> inbound) {
      return PeerGrpc.newStub(channel).bulk(inbound);
    }

    @Override
    public void deliver(Receiver receiver, int from, BulkMessage message) {
      receiver.onBulk(from, message);
    }
  }
}
