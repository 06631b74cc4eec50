package dev.flotilla.balancer.wire;

import dev.flotilla.balancer.view.ClusterAdmin;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.StatusRequest;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The nodes' admin services over connections of their own, made when somebody first asks. */
public final class GrpcClusterAdmin implements ClusterAdmin, AutoCloseable {
  /** Shorter than the pause between two looks, so that they do not pile up. */
  private static final long STATUS_MILLIS = 800;

  private static final int HAND_OVER_MILLIS = 3_000;

  private final Network network;

  // Guarded by this.
  private final Map<Integer, Connection> connections = new HashMap<>();
  private boolean closed;

  private record Connection(String address, ManagedChannel channel) {}

  public GrpcClusterAdmin(Network network) {
    this.network = network;
  }

  @Override
  public CompletableFuture<Optional<NodeStatus>> status(
      int node, String address, long eventsAfter) {
    Optional<ManagedChannel> channel = channel(node, address);
    Answer<NodeStatus> answer = new Answer<>();
    channel.ifPresentOrElse(
        open ->
            AdminGrpc.newStub(open)
                .withDeadlineAfter(STATUS_MILLIS, TimeUnit.MILLISECONDS)
                .status(StatusRequest.newBuilder().setEventsAfter(eventsAfter).build(), answer),
        answer::onCompleted);
    return answer.future;
  }

  @Override
  public CompletableFuture<Optional<TransferLeadershipReply>> handOver(
      int node, String address, int group) {
    Optional<ManagedChannel> channel = channel(node, address);
    Answer<TransferLeadershipReply> answer = new Answer<>();
    channel.ifPresentOrElse(
        open ->
            AdminGrpc.newStub(open)
                .withDeadlineAfter(2 * HAND_OVER_MILLIS, TimeUnit.MILLISECONDS)
                .transferLeadership(
                    TransferLeadershipRequest.newBuilder()
                        .setGroup(group)
                        .setTimeoutMillis(HAND_OVER_MILLIS)
                        .build(),
                    answer),
        answer::onCompleted);
    return answer.future;
  }

  @Override
  public synchronized void keepOnly(Map<Integer, String> addresses) {
    connections
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !entry.getValue().address().equals(addresses.get(entry.getKey()));
          if (gone) {
            entry.getValue().channel().shutdown();
          }
          return gone;
        });
  }

  /** Empty after the end, and for what is no address. */
  private synchronized Optional<ManagedChannel> channel(int node, String address) {
    if (closed) {
      return Optional.empty();
    }
    Connection present = connections.get(node);
    if (present != null && present.address().equals(address)) {
      return Optional.of(present.channel());
    }
    NodeAddress parsed;
    try {
      parsed = NodeAddress.parse(address);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a member whose address nobody knows does not answer
    }
    if (present != null) {
      present.channel().shutdown();
    }
    ManagedChannel channel = network.channelBuilder(parsed, network.nextLoop()).build();
    connections.put(node, new Connection(address, channel));
    return Optional.of(channel);
  }

  @Override
  public synchronized void close() {
    closed = true;
    connections.values().forEach(connection -> connection.channel().shutdownNow());
    connections.clear();
  }

  /** The one answer of a call, or none. */
  private static final class Answer<T> implements StreamObserver<T> {
    final CompletableFuture<Optional<T>> future = new CompletableFuture<>();

    @Override
    public void onNext(T value) {
      future.complete(Optional.of(value));
    }

    @Override
    public void onError(Throwable failure) {
      future.complete(Optional.empty());
    }

    @Override
    public void onCompleted() {
      future.complete(Optional.empty());
    }
  }
}
