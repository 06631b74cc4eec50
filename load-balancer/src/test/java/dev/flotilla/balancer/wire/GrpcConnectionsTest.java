package dev.flotilla.balancer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets on the loopback interface. */
@Timeout(60)
final class GrpcConnectionsTest {
  private final Network network = new Network(1);
  private final AtomicLong nanoTime = new AtomicLong();
  private final List<Server> servers = new ArrayList<>();
  private final List<Runnable> held = new CopyOnWriteArrayList<>();
  private GrpcConnections connections;

  @AfterEach
  void close() {
    connections.close();
    servers.forEach(Server::shutdownNow);
    network.close();
  }

  private void open(Map<Integer, String> addresses) {
    connections =
        new GrpcConnections(addresses, NodeClient.Options.of("c1"), network, nanoTime::get);
  }

  /** A node that answers every command with its name, at once or when the test says. */
  private String serve(String name, boolean holding) throws IOException {
    Server server =
        network
            .serverBuilder(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Echo(name, holding))
            .build()
            .start();
    servers.add(server);
    return "127.0.0.1:" + server.getPort();
  }

  private CompletableFuture<Reply> command(int node) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    connections.to(node).command(1, ByteString.EMPTY, 20_000, reply::complete);
    return reply;
  }

  private String answerOf(int node) throws Exception {
    return command(node).get(20, TimeUnit.SECONDS).getResult().toStringUtf8();
  }

  @Test
  void aNodeThatWasNotConfiguredIsReachedOnceItIsWanted() throws Exception {
    String first = serve("first", false);
    open(Map.of(1, first));
    Reply refused = command(4).get(20, TimeUnit.SECONDS);
    assertThat(refused.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(refused.getError()).isEqualTo(ErrorCode.ERROR_CODE_UNAVAILABLE);

    connections.want(Map.of(1, first, 4, serve("fourth", false)));

    assertThat(answerOf(4)).isEqualTo("fourth");
    assertThat(answerOf(1)).isEqualTo("first");
  }

  @Test
  void aNodeThatMovedIsFoundAtItsNewAddress() throws Exception {
    open(Map.of(1, serve("old", false)));
    assertThat(answerOf(1)).isEqualTo("old");

    connections.want(Map.of(1, serve("new", false)));

    assertThat(answerOf(1)).isEqualTo("new");
  }

  @Test
  void whatIsUnderWayToANodeThatLeavesIsStillAnswered() throws Exception {
    open(Map.of(1, serve("one", true)));
    CompletableFuture<Reply> answer = command(1);
    Awaitility.await().until(() -> !held.isEmpty());

    connections.want(Map.of());
    connections.want(Map.of());
    assertThat(answer).isNotCompleted();
    assertThat(command(1).get(20, TimeUnit.SECONDS).getOutcome())
        .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    held.forEach(Runnable::run);

    assertThat(answer.get(20, TimeUnit.SECONDS).getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
  }

  @Test
  void butNotForEver() throws Exception {
    open(Map.of(1, serve("one", true)));
    CompletableFuture<Reply> answer = command(1);
    Awaitility.await().until(() -> !held.isEmpty());

    connections.want(Map.of());
    nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(11));
    connections.want(Map.of());

    assertThat(answer.get(20, TimeUnit.SECONDS).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }

  @Test
  void anAddressThatIsNoneIsAMistakeInAFileAndNothingInAnAnswer() throws Exception {
    String first = serve("first", false);
    assertThatIllegalArgumentException().isThrownBy(() -> open(Map.of(1, "nowhere")));
    open(Map.of(1, first));
    connections.want(Map.of(1, first, 2, "nowhere"));
    assertThat(command(2).get(20, TimeUnit.SECONDS).getOutcome())
        .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(answerOf(1)).isEqualTo("first");
  }

  private final class Echo extends ClientGrpc.ClientImplBase {
    private final String name;
    private final boolean holding;

    Echo(String name, boolean holding) {
      this.name = name;
      this.holding = holding;
    }

    @Override
    public StreamObserver<RequestBatch> exchange(StreamObserver<ReplyBatch> replies) {
      return new StreamObserver<>() {
        @Override
        public void onNext(RequestBatch batch) {
          ReplyBatch.Builder answers = ReplyBatch.newBuilder();
          for (Request request : batch.getRequestsList()) {
            answers.addReplies(
                Reply.newBuilder()
                    .setId(request.getId())
                    .setOutcome(Outcome.OUTCOME_APPLIED)
                    .setResult(ByteString.copyFromUtf8(name)));
          }
          if (holding) {
            held.add(() -> replies.onNext(answers.build()));
          } else {
            replies.onNext(answers.build());
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          replies.onCompleted();
        }
      };
    }
  }
}
