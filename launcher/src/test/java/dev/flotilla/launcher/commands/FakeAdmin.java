package dev.flotilla.launcher.commands;

import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.StatusRequest;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Nodes of one group that say of themselves what the test wants; each on a port of its own. */
final class FakeAdmin implements AutoCloseable {
  final List<ChangeMembersRequest> changes = new CopyOnWriteArrayList<>();
  private final Map<Integer, Server> servers = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ports = new TreeMap<>();
  private volatile int leader;
  private volatile long term = 1;
  private volatile List<Integer> voters = List.of();
  private volatile List<Integer> learners = List.of();
  private volatile BiConsumer<Integer, StreamObserver<ChangeMembersProgress>> onChange =
      (node, progress) -> progress.onCompleted();

  void start(int node) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Service(node))
            .build()
            .start();
    servers.put(node, server);
    ports.put(node, server.getPort());
  }

  String address(int node) {
    return "127.0.0.1:" + ports.get(node);
  }

  void stop(int node) {
    servers.get(node).shutdownNow();
  }

  void lead(int node, long newTerm) {
    leader = node;
    term = newTerm;
  }

  void members(List<Integer> newVoters, List<Integer> newLearners) {
    voters = newVoters;
    learners = newLearners;
  }

  /** What the node that is asked does. */
  void onChange(BiConsumer<Integer, StreamObserver<ChangeMembersProgress>> answer) {
    onChange = answer;
  }

  private final class Service extends AdminGrpc.AdminImplBase {
    private final int self;

    Service(int self) {
      this.self = self;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<NodeStatus> reply) {
      ReplicaStatus.Builder replica =
          ReplicaStatus.newBuilder()
              .setGroup(1)
              .setTerm(term)
              .setLastIndex(50)
              .setMembershipIndex(9)
              .setMembershipSettled(true)
              .setRole(self == leader ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER);
      voters.forEach(node -> replica.addMembers(member(node).setVoter(true)));
      learners.forEach(node -> replica.addMembers(member(node)));
      reply.onNext(
          NodeStatus.newBuilder().setNode(self).setName("n" + self).addReplicas(replica).build());
      reply.onCompleted();
    }

    private MemberStatus.Builder member(int node) {
      return MemberStatus.newBuilder()
          .setNode(node)
          .setAddress(ports.containsKey(node) ? address(node) : "");
    }

    @Override
    public void changeMembers(
        ChangeMembersRequest request, StreamObserver<ChangeMembersProgress> progress) {
      changes.add(request);
      onChange.accept(self, progress);
    }
  }

  @Override
  public void close() {
    servers.values().forEach(Server::shutdownNow);
  }
}
