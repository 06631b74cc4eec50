package dev.flotilla.launcher.members;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Nodes' admin services, each over a connection of its own. Calls wait; one thread uses it. */
public final class AdminClient implements AutoCloseable {
  private static final long STATUS_MILLIS = 2_000;

  private final Network network = new Network(1);
  private final Map<String, ManagedChannel> channels = new HashMap<>();

  /**
   * Asks nodes for their status, all at once.
   *
   * @param addresses host:port of their gRPC servers
   * @return the answers by address, in the same order; nodes that gave none are left out
   */
  public Map<String, NodeStatus> statuses(Iterable<String> addresses) {
    Map<String, CompletableFuture<Optional<NodeStatus>>> asked = new LinkedHashMap<>();
    for (String address : addresses) {
      asked.computeIfAbsent(address, this::status);
    }
    Map<String, NodeStatus> answers = new LinkedHashMap<>();
    asked.forEach(
        (address, answer) -> answer.join().ifPresent(status -> answers.put(address, status)));
    return answers;
  }

  private CompletableFuture<Optional<NodeStatus>> status(String address) {
    CompletableFuture<Optional<NodeStatus>> answer = new CompletableFuture<>();
    AdminGrpc.newStub(channel(address))
        .withDeadlineAfter(STATUS_MILLIS, TimeUnit.MILLISECONDS)
        .status(
            StatusRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(NodeStatus status) {
                answer.complete(Optional.of(status));
              }

              @Override
              public void onError(Throwable failure) {
                answer.complete(Optional.empty());
              }

              @Override
              public void onCompleted() {
                answer.complete(Optional.empty());
              }
            });
    return answer;
  }

  /**
   * Asks a node to change a group's members and waits for the end.
   *
   * @param onStep told of every step but the last
   * @return the last step; null when the connection broke before it, or the time was over
   * @throws IllegalArgumentException when the node finds that the request makes no sense
   */
  public @Nullable ChangeMembersProgress changeMembers(
      String address,
      ChangeMembersRequest request,
      Duration patience,
      Consumer<ChangeMembersProgress> onStep) {
    var steps =
        AdminGrpc.newBlockingStub(channel(address))
            .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
            .changeMembers(request);
    ChangeMembersProgress last = null;
    try {
      while (steps.hasNext()) {
        if (last != null) {
          onStep.accept(last);
        }
        last = steps.next();
      }
      return last;
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case INVALID_ARGUMENT ->
            throw new IllegalArgumentException(String.valueOf(e.getStatus().getDescription()), e);
        default -> null;
      };
    }
  }

  private ManagedChannel channel(String address) {
    return channels.computeIfAbsent(
        address,
        text -> network.channelBuilder(NodeAddress.parse(text), network.nextLoop()).build());
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    network.close();
  }
}
