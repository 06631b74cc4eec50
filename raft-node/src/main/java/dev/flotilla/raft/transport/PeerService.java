package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.Hello;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.PeerGrpc;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the streams of peers that dial this node. Who they are is only known from their first
 * message.
 */
final class PeerService extends PeerGrpc.PeerImplBase {
  private static final int READY_BYTES = 256 << 10;

  private final GrpcTransport transport;
  private final Network network;

  PeerService(GrpcTransport transport, Network network) {
    this.transport = transport;
    this.network = network;
  }

  @Override
  public StreamObserver<MessageBatch> messages(StreamObserver<MessageBatch> outgoing) {
    return new Unknown<>(new Lane.Messages(), Peer::messages, outgoing);
  }

  @Override
  public StreamObserver<BulkMessage> bulk(StreamObserver<BulkMessage> outgoing) {
    return new Unknown<>(new Lane.Bulk(), Peer::bulk, outgoing);
  }

  /** A stream until its first message names the peer, and then the way to that peer's link. */
  private final class Unknown<M> implements StreamObserver<M> {
    private final Lane<M> lane;
    private final Function<Peer, PeerLink<M>> link;
    private final ServerCallStreamObserver<M> outgoing;
    private PeerLink<M>.@Nullable Incoming incoming;
    private boolean ended;

    Unknown(Lane<M> lane, Function<Peer, PeerLink<M>> link, StreamObserver<M> outgoing) {
      this.lane = lane;
      this.link = link;
      this.outgoing = (ServerCallStreamObserver<M>) outgoing;
      this.outgoing.setOnReadyThreshold(READY_BYTES);
      // Both must be set before this call returns; they do nothing until a link takes the stream.
      this.outgoing.setOnReadyHandler(this::onReady);
      this.outgoing.setOnCancelHandler(this::onCancel);
    }

    private void onReady() {
      if (incoming != null) {
        incoming.onReady();
      }
    }

    private void onCancel() {
      if (incoming != null) {
        incoming.onError(Status.CANCELLED.withDescription("connection lost").asRuntimeException());
      }
    }

    @Override
    public void onNext(M message) {
      if (ended) {
        return;
      }
      if (incoming == null && !introduce(message)) {
        return;
      }
      if (incoming != null) {
        incoming.onNext(message);
      }
    }

    private boolean introduce(M message) {
      int node = lane.greetingIn(message).map(Hello::getNode).orElse(0);
      PeerLink<M>.Incoming taken = transport.accept(node, link, network.currentLoop());
      if (taken == null) {
        ended = true;
        outgoing.onError(whyNot(node).asRuntimeException());
        return false;
      }
      incoming = taken;
      taken.begin(outgoing, () -> {});
      return true;
    }

    private Status whyNot(int node) {
      if (!transport.isStarted()) {
        return Status.UNAVAILABLE.withDescription(
            "node %d is starting".formatted(transport.self()));
      }
      return Status.FAILED_PRECONDITION.withDescription(
          node < 1
              ? "a stream begins with a greeting"
              : "node %d takes no stream from node %d".formatted(transport.self(), node));
    }

    @Override
    public void onError(Throwable failure) {
      if (incoming != null) {
        incoming.onError(failure);
      }
    }

    @Override
    public void onCompleted() {
      if (incoming != null) {
        incoming.onCompleted();
      } else if (!ended) {
        ended = true;
        outgoing.onCompleted();
      }
    }
  }
}
