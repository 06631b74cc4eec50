package dev.flotilla.raft.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ShutdownRequest;
import dev.flotilla.proto.admin.v1.StatusRequest;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.runtime.ClientChannel;
import dev.flotilla.raft.runtime.MemberChangeListener;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets on the loopback interface. */
@Timeout(60)
final class NodeServerTest {
  private static final int LONG_MILLIS = 20_000;

  private final Network network = new Network(2);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger shutdowns = new AtomicInteger();

  @AfterEach
  void closeEverything() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    network.close();
  }

  @Test
  void requestsOfManyThreadsAreAnsweredByAnotherThreadOutOfOrder() throws Exception {
    WorkerNode node = new WorkerNode();
    opened.add(node);
    NodeClient client = client(serve(node));
    int count = 20_000;
    List<CompletableFuture<Reply>> replies = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                List<CompletableFuture<Reply>> mine = new ArrayList<>();
                for (int i = 0; i < count / 8; i++) {
                  ByteString body = ByteString.copyFromUtf8("v" + i);
                  mine.add(
                      client
                          .command(1, body, LONG_MILLIS)
                          .whenComplete((r, e) -> assertThat(r.getResult()).isEqualTo(body)));
                  if (i % 100 == 99) {
                    mine.forEach(CompletableFuture::join);
                  }
                }
                replies.addAll(mine);
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(replies).hasSize(count);
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(10, SECONDS).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    }
  }

  @Test
  void aClientOfAnotherClusterIsRefusedAndNothingIsTaken() throws Exception {
    WorkerNode node = new WorkerNode();
    opened.add(node);
    NodeServer server = serve(node);
    NodeClient stranger =
        new NodeClient("127.0.0.1:" + server.port(), NodeClient.Options.of("c2"), network);
    opened.add(stranger);

    Reply reply = stranger.command(1, ByteString.EMPTY, LONG_MILLIS).get(10, SECONDS);

    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(reply.getMessage()).contains("'c1'").contains("'c2'");
    assertThat(node.submitted).hasValue(0);
  }

  @Test
  void aMalformedRequestIsAnsweredAndTheOthersAreServed() throws Exception {
    WorkerNode node = new WorkerNode();
    opened.add(node);
    RawClient client = new RawClient(serve(node));

    client.send(
        RequestBatch.newBuilder()
            .setClusterId("c1")
            .addRequests(Request.newBuilder().setId(1).setGroup(1))
            .addRequests(Request.newBuilder().setId(2).setCommand(ByteString.EMPTY))
            .addRequests(Request.newBuilder().setId(3).setGroup(1).setCommand(ByteString.EMPTY))
            .build());

    await().until(() -> client.replies.size() == 3);
    assertThat(client.reply(1).getError()).isEqualTo(ErrorCode.ERROR_CODE_MALFORMED);
    assertThat(client.reply(1).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(client.reply(2).getError()).isEqualTo(ErrorCode.ERROR_CODE_MALFORMED);
    assertThat(client.reply(3).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    assertThat(node.submitted).hasValue(1);
  }

  /** H54: replies of a client that does not read must not pile up in gRPC or here. */
  @Test
  void aClientThatDoesNotReadItsRepliesLosesItsStream() throws Exception {
    List<ClientChannel> channels = new CopyOnWriteArrayList<>();
    NodeServer server = serve(new HoldingNode(channels));
    RawClient client = new RawClient(server, false);
    client.send(
        RequestBatch.newBuilder()
            .setClusterId("c1")
            .addRequests(Request.newBuilder().setId(1).setGroup(1).setCommand(ByteString.EMPTY))
            .build());
    await().until(() -> !channels.isEmpty());
    ClientStream channel = (ClientStream) channels.getFirst();
    ByteString result = ByteString.copyFrom(new byte[1 << 20]);

    int sent = 0;
    while (!channel.hasEnded() && sent < 1_000) {
      channel.reply(Reply.newBuilder().setId(1).setResult(result).build());
      channel.flush();
      sent++;
    }

    await().until(channel::hasEnded);
    client.readOn();
    await().until(() -> client.failure() != null);
    assertThat(Status.fromThrowable(client.failure()).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void anOversizedRequestEndsTheStreamAndOthersAreServed() throws Exception {
    WorkerNode node = new WorkerNode();
    opened.add(node);
    NodeServer server = serve(node);
    RawClient rude = new RawClient(server);

    rude.send(
        RequestBatch.newBuilder()
            .setClusterId("c1")
            .addRequests(
                Request.newBuilder()
                    .setId(1)
                    .setGroup(1)
                    .setCommand(ByteString.copyFrom(new byte[9 << 20])))
            .build());

    await().until(() -> rude.failure() != null);
    Reply other = client(server).command(1, ByteString.EMPTY, LONG_MILLIS).get(10, SECONDS);
    assertThat(other.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    NodeServer first = serve(new WorkerNode());

    assertThatThrownBy(() -> serve(new WorkerNode(), first.port()))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot listen on 127.0.0.1:" + first.port() + ": the port is in use");
  }

  @Test
  void aHostThatIsNotThisMachineIsNamed() {
    assertThatThrownBy(() ->
            NodeServer.start(
                new NodeAddress("192.0.2.1", 0),
                "c1",
                transport(),
                new WorkerNode(),
                network,
                () -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on 192.0.2.1:0");
  }

  @Test
  void anOperatorAsksForTheStatusAndForTheEnd() throws Exception {
    NodeServer server = serve(new WorkerNode());
    ManagedChannel channel = channel(server);
    AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(channel);

    NodeStatus status =
        admin.withDeadlineAfter(10, SECONDS).status(StatusRequest.getDefaultInstance());
    assertThat(status.getName()).isEqualTo("n7");

    assertThatThrownBy(() ->
            admin
                .withDeadlineAfter(10, SECONDS)
                .transferLeadership(TransferLeadershipRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("no such group");

    admin.withDeadlineAfter(10, SECONDS).shutdown(ShutdownRequest.getDefaultInstance());
    await().until(() -> shutdowns.get() == 1);
  }

  @Test
  void closingLetsRepliesLeaveAndBreaksWhatHasNone() throws Exception {
    List<ClientChannel> channels = new CopyOnWriteArrayList<>();
    NodeServer server = serve(new HoldingNode(channels));
    NodeClient client = client(server);
    CompletableFuture<Reply> answered = client.command(1, ByteString.EMPTY, LONG_MILLIS);
    await().until(() -> channels.size() == 1);
    CompletableFuture<Reply> silent = client.command(1, ByteString.EMPTY, LONG_MILLIS);
    await().until(() -> channels.size() == 2);
    // Ids count from one on every stream.
    channels
        .getFirst()
        .reply(Reply.newBuilder().setId(1).setOutcome(Outcome.OUTCOME_APPLIED).build());

    server.close();

    assertThat(answered.get(10, SECONDS).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    assertThat(silent.get(10, SECONDS).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }

  @Test
  void bytesThatAreNoMessageAreRefusedAndCounted() throws Exception {
    NodeServer server = serve(new WorkerNode());
    ManagedChannel channel =
        network
            .channelBuilder(new NodeAddress("127.0.0.1", server.port()), network.nextLoop())
            .build();
    opened.add(channel::shutdownNow);
    byte[] nonsense = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    assertRefused(channel, ClientGrpc.getExchangeMethod().getFullMethodName(), nonsense);
    assertRefused(channel, "flotilla.client.v1.Client/NoSuchMethod", nonsense);
    byte[] oversized = new byte[Network.MAX_SERVER_INBOUND_BYTES + 1];
    assertRefused(channel, ClientGrpc.getExchangeMethod().getFullMethodName(), oversized);
    await()
        .untilAsserted(() -> {
          assertThat(refused(server, Status.Code.UNIMPLEMENTED)).isEqualTo(1);
          assertThat(refused(server, Status.Code.RESOURCE_EXHAUSTED)).isEqualTo(1);
          assertThat(server.refusedCalls().values().stream().mapToLong(AtomicLong::get).sum())
              .isEqualTo(3);
        });
  }

  private static long refused(NodeServer server, Status.Code code) {
    return server.refusedCalls().get(code).get();
  }

  private static void assertRefused(ManagedChannel channel, String method, byte[] bytes) {
    MethodDescriptor.Marshaller<byte[]> asTheyAre =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            return new byte[0];
          }
        };
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(asTheyAre)
            .setResponseMarshaller(asTheyAre)
            .build();
    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel, descriptor, CallOptions.DEFAULT.withDeadlineAfter(20, SECONDS), bytes))
        .isInstanceOf(StatusRuntimeException.class);
  }

  private NodeServer serve(NodeHandler node) throws IOException {
    return serve(node, 0);
  }

  private NodeServer serve(NodeHandler node, int port) throws IOException {
    NodeServer server =
        NodeServer.start(
            new NodeAddress("127.0.0.1", port),
            "c1",
            transport(),
            node,
            network,
            shutdowns::incrementAndGet);
    opened.add(server);
    return server;
  }

  private GrpcTransport transport() {
    return new GrpcTransport(7, 1, "c1", network);
  }

  private NodeClient client(NodeServer server) {
    NodeClient client =
        new NodeClient("127.0.0.1:" + server.port(), NodeClient.Options.of("c1"), network);
    opened.add(client);
    return client;
  }

  private ManagedChannel channel(NodeServer server) {
    ManagedChannel channel =
        network
            .channelBuilder(new NodeAddress("127.0.0.1", server.port()), network.nextLoop())
            .build();
    opened.add(channel::shutdownNow);
    return channel;
  }

  /** Answers on a thread of its own, every batch in reverse. */
  private static final class WorkerNode implements NodeHandler, AutoCloseable {
    private record Work(ClientChannel channel, RequestBatch batch) {}

    final AtomicInteger submitted = new AtomicInteger();
    private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private final Thread worker = Thread.ofPlatform().daemon().start(this::run);

    private void run() {
      while (!closed) {
        try {
          Work work = queue.poll(50, TimeUnit.MILLISECONDS);
          if (work != null) {
            answer(work);
          }
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private static void answer(Work work) {
      for (Request request : work.batch.getRequestsList().reversed()) {
        work.channel.reply(
            Reply.newBuilder()
                .setId(request.getId())
                .setOutcome(Outcome.OUTCOME_APPLIED)
                .setResult(request.getCommand())
                .build());
      }
      work.channel.flush();
    }

    @Override
    public void submit(ClientChannel channel, RequestBatch batch) {
      submitted.addAndGet(batch.getRequestsCount());
      queue.add(new Work(channel, batch));
    }

    @Override
    public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
      return status(false);
    }

    @Override
    public CompletableFuture<NodeStatus> status(boolean stateHash) {
      return CompletableFuture.completedFuture(NodeStatus.newBuilder().setName("n7").build());
    }

    @Override
    public CompletableFuture<TransferLeadershipReply> transferLeadership(
        TransferLeadershipRequest request) {
      return CompletableFuture.failedFuture(new IllegalArgumentException("no such group"));
    }

    @Override
    public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
      throw new AssertionError("not asked for here");
    }

    @Override
    public void close() {
      closed = true;
      worker.interrupt();
    }
  }

  /** Answers nothing; the test does. */
  private record HoldingNode(List<ClientChannel> channels) implements NodeHandler {
    @Override
    public void submit(ClientChannel channel, RequestBatch batch) {
      batch.getRequestsList().forEach(request -> channels.add(channel));
    }

    @Override
    public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
      return status(false);
    }

    @Override
    public CompletableFuture<NodeStatus> status(boolean stateHash) {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<TransferLeadershipReply> transferLeadership(
        TransferLeadershipRequest request) {
      return new CompletableFuture<>();
    }

    @Override
    public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
      throw new AssertionError("not asked for here");
    }
  }

  /** A client without manners: sends what it likes and reads when it likes. */
  private final class RawClient implements ClientResponseObserver<RequestBatch, ReplyBatch> {
    final Map<Long, Reply> replies = new ConcurrentHashMap<>();
    private final boolean reads;
    private final StreamObserver<RequestBatch> requests;
    private volatile ClientCallStreamObserver<RequestBatch> call;
    private volatile Throwable failure;

    RawClient(NodeServer server) {
      this(server, true);
    }

    RawClient(NodeServer server, boolean reads) {
      this.reads = reads;
      this.requests = ClientGrpc.newStub(channel(server)).exchange(this);
    }

    void send(RequestBatch batch) {
      requests.onNext(batch);
    }

    void readOn() {
      call.request(Integer.MAX_VALUE);
    }

    Reply reply(long id) {
      return replies.get(id);
    }

    Throwable failure() {
      return failure;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<RequestBatch> stream) {
      call = stream;
      if (!reads) {
        stream.disableAutoRequestWithInitial(1);
      }
    }

    @Override
    public void onNext(ReplyBatch batch) {
      batch.getRepliesList().forEach(reply -> replies.put(reply.getId(), reply));
    }

    @Override
    public void onError(Throwable cause) {
      failure = cause;
    }

    @Override
    public void onCompleted() {}
  }

  /** Holds a port with a server that is not ours. */
  @Test
  void aPortHeldBySomethingElseIsNamedToo() throws Exception {
    Server other = network.serverBuilder(new InetSocketAddress("127.0.0.1", 0)).build().start();
    opened.add(other::shutdownNow);

    assertThatThrownBy(() -> serve(new WorkerNode(), other.getPort()))
        .hasMessageContaining("127.0.0.1:" + other.getPort());
  }
}
