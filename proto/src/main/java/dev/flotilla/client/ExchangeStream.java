package dev.flotilla.client;

import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an Exchange stream, on a connection of its own: dialed when it is made, dead after
 * its first failure, never reused. A new attempt begins with a new channel, so no back-off but our
 * own is at work and a name is looked up again. Everything here, callbacks included, happens on one
 * event loop.
 */
final class ExchangeStream {

  /** Called on the event loop. */
  interface Listener {
    /** The stream can take more; first called when it is connected. */
    void onReady(ExchangeStream stream);

    void onReplies(ExchangeStream stream, List<Reply> replies);

    /** Called once; nothing follows. */
    void onClosed(ExchangeStream stream, Status status);
  }

  // How many bytes gRPC takes before it says it is not ready.
  private static final int READY_BYTES = 512 << 10;

  private final EventLoop loop;
  private final Listener listener;
  private final ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<RequestBatch> requests;
  private boolean answered;
  private boolean closed;

  /**
   * Must be followed by {@link #start}; two steps, so that the owner knows the stream before it is
   * called.
   */
  ExchangeStream(Network network, NodeAddress address, EventLoop loop, Listener listener) {
    this.loop = loop;
    this.listener = listener;
    this.channel = network.channelBuilder(address, loop).build();
  }

  void start() {
    ClientGrpc.newStub(channel).withOnReadyThreshold(READY_BYTES).exchange(new Callbacks());
  }

  /** Whether the node ever answered: it is there and speaks to us. */
  boolean hasAnswered() {
    return answered;
  }

  boolean isReady() {
    return !closed && requests != null && requests.isReady();
  }

  /** Only when {@link #isReady}. */
  void send(RequestBatch batch) {
    if (requests != null) {
      requests.onNext(batch);
    }
  }

  /** Ends the connection without calling back. */
  void abandon() {
    closed = true;
    channel.shutdownNow();
  }

  private void closeWith(Status status) {
    if (!closed) {
      abandon();
      listener.onClosed(this, status);
    }
  }

  private final class Callbacks implements ClientResponseObserver<RequestBatch, ReplyBatch> {
    @Override
    public void beforeStart(ClientCallStreamObserver<RequestBatch> stream) {
      requests = stream;
      stream.setOnReadyHandler(() ->
          onLoop(() -> {
            if (!closed) {
              listener.onReady(ExchangeStream.this);
            }
          }));
    }

    @Override
    public void onNext(ReplyBatch batch) {
      onLoop(() -> {
        if (!closed) {
          answered = true;
          listener.onReplies(ExchangeStream.this, batch.getRepliesList());
        }
      });
    }

    @Override
    public void onError(Throwable failure) {
      onLoop(() -> closeWith(Status.fromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
      onLoop(() -> closeWith(Status.UNAVAILABLE.withDescription("the node ended the stream")));
    }

    private void onLoop(Runnable action) {
      if (loop.inEventLoop()) {
        action.run();
        return;
      }
      try {
        loop.execute(action);
      } catch (RejectedExecutionException loopsEnded) {
        // The process's network is closed: its clients were closed before, nothing waits for this.
        channel.shutdownNow();
      }
    }
  }
}
