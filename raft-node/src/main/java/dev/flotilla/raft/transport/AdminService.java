package dev.flotilla.raft.transport;

import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ShutdownReply;
import dev.flotilla.proto.admin.v1.ShutdownRequest;
import dev.flotilla.proto.admin.v1.StatusRequest;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What an operator's tool may ask. */
final class AdminService extends AdminGrpc.AdminImplBase {
  private final NodeHandler node;
  private final Runnable shutdownRequested;

  /**
   * @param shutdownRequested must not block; called once per request
   */
  AdminService(NodeHandler node, Runnable shutdownRequested) {
    this.node = node;
    this.shutdownRequested = shutdownRequested;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<NodeStatus> reply) {
    CompletableFuture<NodeStatus> status = node.status(request.getStateHash());
    answer(
        request.hasEventsAfter()
            ? status.thenApply(found ->
                found.toBuilder().addAllEvents(node.events(request.getEventsAfter())).build())
            : status,
        reply);
  }

  @Override
  public void transferLeadership(
      TransferLeadershipRequest request, StreamObserver<TransferLeadershipReply> reply) {
    answer(node.transferLeadership(request), reply);
  }

  @Override
  public void changeMembers(
      ChangeMembersRequest request, StreamObserver<ChangeMembersProgress> progress) {
    Optional<String> objection = ChangeMembersCheck.objection(request);
    if (objection.isPresent()) {
      progress.onError(
          Status.INVALID_ARGUMENT.withDescription(objection.get()).asRuntimeException());
      return;
    }
    node.changeMembers(
        request, new ProgressStream((ServerCallStreamObserver<ChangeMembersProgress>) progress));
  }

  @Override
  public void shutdown(ShutdownRequest request, StreamObserver<ShutdownReply> reply) {
    reply.onNext(ShutdownReply.getDefaultInstance());
    reply.onCompleted();
    shutdownRequested.run();
  }

  private static <T> void answer(CompletableFuture<T> future, StreamObserver<T> reply) {
    // A caller that left must not turn the answer into an exception.
    ((ServerCallStreamObserver<T>) reply).setOnCancelHandler(() -> future.cancel(false));
    future.whenComplete((value, failure) -> {
      if (value != null) {
        reply.onNext(value);
        reply.onCompleted();
      } else {
        reply.onError(statusOf(failure).asRuntimeException());
      }
    });
  }

  private static Status statusOf(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause == null
        ? Status.INTERNAL.withDescription("the node gave no answer")
        : Status.INTERNAL.withDescription(String.valueOf(cause.getMessage())).withCause(cause);
  }
}
