package dev.flotilla.raft.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.RemoveMember;
import dev.flotilla.proto.admin.v1.ReplaceMember;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Member;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.runtime.ClientChannel;
import dev.flotilla.raft.runtime.MemberChangeListener;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asking for a group's members and changing them, over a real socket. */
@Timeout(60)
final class MemberServicesTest {
  private final Network network = new Network(1);
  private final FakeNode node = new FakeNode();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private AdminGrpc.AdminBlockingStub admin;
  private NodeClient client;

  @BeforeEach
  void serve() throws IOException {
    NodeServer server =
        NodeServer.start(
            new NodeAddress("127.0.0.1", 0),
            "c1",
            new GrpcTransport(7, 1, "c1", network),
            node,
            network,
            () -> {});
    opened.add(server);
    NodeAddress address = new NodeAddress("127.0.0.1", server.port());
    ManagedChannel channel = network.channelBuilder(address, network.nextLoop()).build();
    opened.add(channel::shutdownNow);
    admin = AdminGrpc.newBlockingStub(channel);
    client = new NodeClient(address.toString(), NodeClient.Options.of("c1"), network);
    opened.add(client);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    network.close();
  }

  private static ChangeMembersRequest add(int group, int newcomer, String address) {
    return ChangeMembersRequest.newBuilder()
        .setGroup(group)
        .setAdd(AddMember.newBuilder().setNode(newcomer).setAddress(address))
        .build();
  }

  private static ChangeMembersProgress progress(ChangeStage stage) {
    return ChangeMembersProgress.newBuilder().setStage(stage).build();
  }

  @Test
  void everyStepArrivesAndTheEndIsTheLast() {
    Iterator<ChangeMembersProgress> answers =
        admin.withDeadlineAfter(20, SECONDS).changeMembers(add(1, 10, "127.0.0.1:7010"));
    await().until(() -> node.listeners.size() == 1);
    MemberChangeListener listener = node.listeners.getFirst();
    listener.progress(progress(ChangeStage.CHANGE_STAGE_ADDING_LEARNER));
    assertThat(answers.next().getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_ADDING_LEARNER);
    listener.progress(progress(ChangeStage.CHANGE_STAGE_CATCHING_UP));
    assertThat(answers.next().getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_CATCHING_UP);
    listener.progress(progress(ChangeStage.CHANGE_STAGE_DONE));
    assertThat(answers.next().getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
    assertThat(answers.hasNext()).isFalse();
    assertThat(node.changes).containsExactly(add(1, 10, "127.0.0.1:7010"));
  }

  @Test
  void anOperatorWhoReadsNothingIsToldTheEndAllTheSameAndFillsNoMemory() {
    Iterator<ChangeMembersProgress> answers =
        admin.withDeadlineAfter(20, SECONDS).changeMembers(add(1, 10, ""));
    await().until(() -> node.listeners.size() == 1);
    ChangeMembersProgress step =
        ChangeMembersProgress.newBuilder()
            .setStage(ChangeStage.CHANGE_STAGE_CATCHING_UP)
            .setMessage("x".repeat(10_000))
            .build();
    for (int i = 0; i < 20_000; i++) {
      node.listeners.getFirst().progress(step);
    }
    node.listeners.getFirst().progress(progress(ChangeStage.CHANGE_STAGE_DONE));
    int steps = 0;
    ChangeMembersProgress last = step;
    while (answers.hasNext()) {
      last = answers.next();
      steps++;
    }
    assertThat(last.getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
    assertThat(steps).isLessThan(20_000);
  }

  @Test
  void anOperatorWhoLeavesDoesNotDisturbTheChange() {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> {
      Iterator<ChangeMembersProgress> answers =
          admin.withDeadlineAfter(20, SECONDS).changeMembers(add(1, 10, ""));
      await().until(() -> node.listeners.size() == 1);
      context.cancel(null);
      assertThatThrownBy(answers::hasNext).isInstanceOf(StatusRuntimeException.class);
    });
    for (int i = 0; i < 10; i++) {
      node.listeners.getFirst().progress(progress(ChangeStage.CHANGE_STAGE_CATCHING_UP));
    }
    node.listeners.getFirst().progress(progress(ChangeStage.CHANGE_STAGE_DONE));
  }

  @Test
  void whatMakesNoSenseIsRefusedAtTheDoor() {
    AddMember good = AddMember.newBuilder().setNode(10).setAddress("127.0.0.1:7010").build();
    ChangeMembersRequest.Builder one = ChangeMembersRequest.newBuilder().setGroup(1);
    assertRefused(ChangeMembersRequest.newBuilder().setAdd(good).build(), "names a group");
    assertRefused(one.clone().setGroup(-1).setAdd(good).build(), "names a group");
    assertRefused(one.build(), "adds, removes or replaces");
    assertRefused(add(1, 0, "127.0.0.1:7010"), "names a node");
    assertRefused(add(1, -5, "127.0.0.1:7010"), "names a node");
    assertRefused(add(1, 70_000, "127.0.0.1:7010"), "names a node");
    assertRefused(add(1, 10, "127.0.0.1"), "host:port");
    assertRefused(add(1, 10, "127.0.0.1:0"), "host:port");
    assertRefused(add(1, 10, "127.0.0.1:70000"), "host:port");
    assertRefused(add(1, 10, "x".repeat(5_000) + ":1"), "host:port");
    assertRefused(one.clone().setRemove(RemoveMember.newBuilder()).build(), "names a node");
    assertRefused(
        one.clone().setReplace(ReplaceMember.newBuilder().setNewcomer(good)).build(),
        "names a node");
    assertRefused(
        one.clone().setReplace(ReplaceMember.newBuilder().setNode(10).setNewcomer(good)).build(),
        "cannot replace itself");
    assertThat(node.changes).isEmpty();
  }

  private void assertRefused(ChangeMembersRequest request, String why) {
    assertThatThrownBy(() -> admin.withDeadlineAfter(20, SECONDS).changeMembers(request).next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }

  @Test
  void aClientIsToldTheMembersAndTheirPlaceInTheLog() throws Exception {
    node.replica =
        ReplicaStatus.newBuilder()
            .setGroup(2)
            .setRole(Role.ROLE_FOLLOWER)
            .setTerm(9)
            .setMembershipTerm(8)
            .setMembershipIndex(77)
            .setMembershipSettled(true)
            .addMembers(member(1, true))
            .addMembers(member(4, false))
            .build();
    Reply reply = members(2);
    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    assertThat(reply.getMembers().getTerm()).isEqualTo(8);
    assertThat(reply.getMembers().getIndex()).isEqualTo(77);
    assertThat(reply.getMembers().getChanging()).isFalse();
    assertThat(reply.getMembers().getMembersList())
        .containsExactly(
            Member.newBuilder().setNode(1).setAddress("127.0.0.1:7001").setVoter(true).build(),
            Member.newBuilder().setNode(4).setAddress("127.0.0.1:7004").build());

    assertThat(members(3).getError()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_GROUP);
  }

  @Test
  void aLeaderOnItsWayOutNamesItself() throws Exception {
    node.replica =
        ReplicaStatus.newBuilder()
            .setGroup(2)
            .setRole(Role.ROLE_LEADER)
            .addMembers(member(1, true))
            .build();
    Reply reply = members(2);
    assertThat(reply.getMembers().getChanging()).isTrue();
    assertThat(reply.getMembers().getMembersList())
        .extracting(Member::getNode)
        .containsExactly(1, 7);
  }

  @Test
  void aNodeThatDoesNotAnswerItselfIsReported() throws Exception {
    node.fails = true;
    Reply reply = members(2);
    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_SHUTTING_DOWN);
  }

  private Reply members(int group) throws Exception {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    client.members(group, 20_000, reply::complete);
    return reply.get(20, SECONDS);
  }

  private static MemberStatus member(int id, boolean voter) {
    return MemberStatus.newBuilder()
        .setNode(id)
        .setVoter(voter)
        .setAddress("127.0.0.1:" + (7_000 + id))
        .build();
  }

  /** Keeps what it is asked; the test answers. */
  private static final class FakeNode implements NodeHandler {
    final List<ChangeMembersRequest> changes = new CopyOnWriteArrayList<>();
    final List<MemberChangeListener> listeners = new CopyOnWriteArrayList<>();
    volatile ReplicaStatus replica = ReplicaStatus.getDefaultInstance();
    volatile boolean fails;

    @Override
    public void submit(ClientChannel channel, RequestBatch batch) {
      throw new AssertionError("nothing is for a group here");
    }

    @Override
    public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
      return status(false);
    }

    @Override
    public CompletableFuture<NodeStatus> status(boolean stateHash) {
      return fails
          ? CompletableFuture.failedFuture(new IllegalStateException("stopped"))
          : CompletableFuture.completedFuture(
              NodeStatus.newBuilder().setNode(7).addReplicas(replica).build());
    }

    @Override
    public CompletableFuture<TransferLeadershipReply> transferLeadership(
        TransferLeadershipRequest request) {
      throw new AssertionError("not asked for here");
    }

    @Override
    public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
      changes.add(request);
      listeners.add(listener);
    }
  }
}
