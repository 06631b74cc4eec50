package dev.flotilla.client;

import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A node that records what it is asked and answers as the test says. */
final class ScriptedNode implements AutoCloseable {
  final List<RequestBatch> batches = new CopyOnWriteArrayList<>();
  final Set<StreamObserver<ReplyBatch>> streams = ConcurrentHashMap.newKeySet();
  private final Server server;
  private final int port;
  private volatile Consumer<Exchange> onBatch;

  /** One batch and the stream it came on. */
  record Exchange(RequestBatch batch, StreamObserver<ReplyBatch> replies) {
    void answerAll() {
      ReplyBatch.Builder answers = ReplyBatch.newBuilder();
      for (Request request : batch.getRequestsList()) {
        answers.addReplies(applied(request));
      }
      replies.onNext(answers.build());
    }
  }

  ScriptedNode(Network network, int port, Consumer<Exchange> onBatch) throws IOException {
    this.onBatch = onBatch;
    this.server =
        network
            .serverBuilder(new InetSocketAddress("127.0.0.1", port))
            .addService(new Service())
            .build()
            .start();
    // Asked for while it runs: a server that ended no longer tells.
    this.port = server.getPort();
  }

  static Reply applied(Request request) {
    return Reply.newBuilder()
        .setId(request.getId())
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setResult(request.hasCommand() ? request.getCommand() : request.getQuery())
        .build();
  }

  int port() {
    return port;
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  void onBatch(Consumer<Exchange> handler) {
    onBatch = handler;
  }

  long requestCount() {
    return batches.stream().mapToLong(RequestBatch::getRequestsCount).sum();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends ClientGrpc.ClientImplBase {
    @Override
    public StreamObserver<RequestBatch> exchange(StreamObserver<ReplyBatch> replies) {
      // A client that leaves must not turn a scripted answer into an exception.
      ((ServerCallStreamObserver<ReplyBatch>) replies)
          .setOnCancelHandler(() -> streams.remove(replies));
      streams.add(replies);
      return new StreamObserver<>() {
        @Override
        public void onNext(RequestBatch batch) {
          batches.add(batch);
          onBatch.accept(new Exchange(batch, replies));
        }

        @Override
        public void onError(Throwable failure) {
          streams.remove(replies);
        }

        @Override
        public void onCompleted() {
          replies.onCompleted();
        }
      };
    }
  }

  static void endWith(Exchange exchange, Status status) {
    exchange.replies().onError(status.asRuntimeException());
  }
}
