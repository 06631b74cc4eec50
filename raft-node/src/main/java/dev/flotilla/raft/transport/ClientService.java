package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes clients' streams and hands their requests to the node. What is not a request is answered
 * here.
 */
final class ClientService extends ClientGrpc.ClientImplBase {
  private static final int READY_BYTES = 512 << 10;

  private final String clusterId;
  private final NodeHandler node;
  private final Network network;
  private final long maxReplyBytes;
  private final Set<ClientStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * @param maxReplyBytes a client that lets more replies wait than this loses its stream
   */
  ClientService(String clusterId, NodeHandler node, Network network, long maxReplyBytes) {
    this.clusterId = clusterId;
    this.node = node;
    this.network = network;
    this.maxReplyBytes = maxReplyBytes;
  }

  @Override
  public StreamObserver<RequestBatch> exchange(StreamObserver<ReplyBatch> replies) {
    ServerCallStreamObserver<ReplyBatch> out = (ServerCallStreamObserver<ReplyBatch>) replies;
    ClientStream stream = new ClientStream(out, network.currentLoop(), maxReplyBytes);
    out.setOnReadyThreshold(READY_BYTES);
    out.setOnReadyHandler(stream::onReady);
    out.setOnCancelHandler(() -> {
      stream.lost();
      streams.remove(stream);
    });
    streams.add(stream);
    return new Requests(stream);
  }

  /** Lets what was answered leave, then ends every stream. */
  void endStreams() {
    for (ClientStream stream : streams) {
      stream.finish();
    }
  }

  private final class Requests implements StreamObserver<RequestBatch> {
    private final ClientStream stream;
    private boolean admitted;

    Requests(ClientStream stream) {
      this.stream = stream;
    }

    @Override
    public void onNext(RequestBatch batch) {
      if (stream.hasEnded()) {
        return;
      }
      if (!admitted && !admit(batch)) {
        return;
      }
      RequestBatch forTheGroups = answerOthers(batch);
      if (forTheGroups.getRequestsCount() > 0) {
        node.submit(stream, forTheGroups);
      }
    }

    private boolean admit(RequestBatch first) {
      if (first.getClusterId().equals(clusterId)) {
        admitted = true;
        return true;
      }
      // The code tells the client that nothing on this stream was taken.
      stream.end(
          Status.FAILED_PRECONDITION.withDescription(
              "this node belongs to cluster '%s', the client asked for '%s'"
                  .formatted(clusterId, first.getClusterId())));
      return false;
    }

    /** Answers what is malformed and what is not for a state machine; returns the rest. */
    private RequestBatch answerOthers(RequestBatch batch) {
      boolean allForGroups = true;
      for (Request request : batch.getRequestsList()) {
        allForGroups &= isForGroup(request);
      }
      if (allForGroups) {
        return batch;
      }
      RequestBatch.Builder rest = RequestBatch.newBuilder();
      List<Request> aboutMembers = new ArrayList<>();
      for (Request request : batch.getRequestsList()) {
        if (isForGroup(request)) {
          rest.addRequests(request);
        } else if (request.hasMembers()) {
          aboutMembers.add(request);
        } else {
          stream.reply(
              Reply.newBuilder()
                  .setId(request.getId())
                  .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
                  .setError(ErrorCode.ERROR_CODE_MALFORMED)
                  .setMessage("a request names a group and holds a command or a query")
                  .build());
        }
      }
      stream.flush();
      if (!aboutMembers.isEmpty()) {
        answerMembers(aboutMembers);
      }
      return rest.build();
    }

    private void answerMembers(List<Request> requests) {
      Set<Integer> groups = new TreeSet<>();
      requests.forEach(request -> groups.add(request.getGroup()));
      node.statusOf(groups)
          .whenComplete((status, failure) -> {
            for (Request request : requests) {
              stream.reply(MembersAnswer.of(request, status));
            }
            stream.flush();
          });
    }

    private static boolean isForGroup(Request request) {
      return request.getGroup() > 0 && (request.hasCommand() || request.hasQuery());
    }

    @Override
    public void onError(Throwable failure) {
      stream.lost();
      streams.remove(stream);
    }

    @Override
    public void onCompleted() {
      stream.finish();
      streams.remove(stream);
    }
  }
}
