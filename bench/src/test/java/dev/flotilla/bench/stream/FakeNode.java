package dev.flotilla.bench.stream;

import dev.flotilla.client.Network;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.StatusRequest;
import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A node's client and admin service on loopback, whose every answer is the test's. */
final class FakeNode implements AutoCloseable {

  /** Decides what is answered to a request; nothing = the stream breaks. */
  @FunctionalInterface
  interface Behaviour {
    Optional<Reply> answer(FakeNode node, Request request);
  }

  private final int id;
  private final Server server;
  private final String address;
  private final List<Integer> batchSizes = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger streams = new AtomicInteger();
  private final Map<Integer, String> peers = new TreeMap<>();
  private volatile int leader;

  FakeNode(int id, Network network, Behaviour behaviour) throws IOException {
    this.id = id;
    this.leader = id;
    server =
        network
            .serverBuilder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Exchanges(behaviour))
            .addService(new Statuses())
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  int id() {
    return id;
  }

  String address() {
    return address;
  }

  /** What its status says of the group's leader and of the other members. */
  void knows(int leader, FakeNode... members) {
    this.leader = leader;
    for (FakeNode member : members) {
      peers.put(member.id, member.address());
    }
  }

  List<Integer> batchSizes() {
    return batchSizes;
  }

  List<Request> requests() {
    return requests;
  }

  /** Streams opened so far. */
  int streams() {
    return streams.get();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Exchanges extends ClientGrpc.ClientImplBase {
    private final Behaviour behaviour;

    Exchanges(Behaviour behaviour) {
      this.behaviour = behaviour;
    }

    @Override
    public StreamObserver<RequestBatch> exchange(StreamObserver<ReplyBatch> replies) {
      streams.incrementAndGet();
      return new StreamObserver<>() {
        private boolean broken;

        @Override
        public void onNext(RequestBatch batch) {
          batchSizes.add(batch.getRequestsCount());
          ReplyBatch.Builder answers = ReplyBatch.newBuilder();
          for (Request request : batch.getRequestsList()) {
            requests.add(request);
            behaviour
                .answer(FakeNode.this, request)
                .ifPresentOrElse(
                    reply -> answers.addReplies(reply.toBuilder().setId(request.getId())),
                    () -> broken = true);
          }
          if (broken) {
            replies.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
          } else {
            replies.onNext(answers.build());
          }
        }

        @Override
        public void onError(Throwable failure) {
          // The client is gone.
        }

        @Override
        public void onCompleted() {
          replies.onCompleted();
        }
      };
    }
  }

  private final class Statuses extends AdminGrpc.AdminImplBase {
    @Override
    public void status(StatusRequest request, StreamObserver<NodeStatus> observer) {
      ReplicaStatus.Builder replica =
          ReplicaStatus.newBuilder().setGroup(1).setGroupName("g1").setLeader(leader).setTerm(3);
      peers.forEach((node, address) ->
          replica.addMembers(MemberStatus.newBuilder().setNode(node).setAddress(address)));
      observer.onNext(NodeStatus.newBuilder().setNode(id).addReplicas(replica).build());
      observer.onCompleted();
    }
  }
}
