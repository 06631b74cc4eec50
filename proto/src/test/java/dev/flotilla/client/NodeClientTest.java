package dev.flotilla.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets on the loopback interface. */
@Timeout(30)
final class NodeClientTest {
  private static final int LONG_MILLIS = 20_000;
  private static final ReadConsistency LINEARIZABLE = ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Network network;

  @BeforeEach
  void openNetwork() {
    network = new Network(2);
  }

  @AfterEach
  void closeEverything() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    network.close();
  }

  @Test
  void aCommandComesBackWithItsAnswer() throws Exception {
    ScriptedNode node = node(ScriptedNode.Exchange::answerAll);
    NodeClient client = client(node.address());

    Reply reply = get(client.command(7, bytes("x"), LONG_MILLIS));

    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    assertThat(reply.getResult()).isEqualTo(bytes("x"));
    Request sent = node.batches.getFirst().getRequests(0);
    assertThat(sent.getGroup()).isEqualTo(7);
    assertThat(sent.getTimeoutMillis()).isBetween(1, LONG_MILLIS);
    assertThat(client.isConnected()).isTrue();
    assertThat(client.outstanding()).isZero();
  }

  @Test
  void aQueryCarriesItsConsistency() throws Exception {
    ScriptedNode node = node(ScriptedNode.Exchange::answerAll);

    get(
        client(node.address())
            .query(1, bytes("q"), ReadConsistency.READ_CONSISTENCY_STALE, LONG_MILLIS));

    Request sent = node.batches.getFirst().getRequests(0);
    assertThat(sent.hasQuery()).isTrue();
    assertThat(sent.getConsistency()).isEqualTo(ReadConsistency.READ_CONSISTENCY_STALE);
  }

  @Test
  void theClusterIsNamedInTheFirstBatchOnly() throws Exception {
    ScriptedNode node = node(ScriptedNode.Exchange::answerAll);
    NodeClient client = client(node.address());

    get(client.command(1, bytes("a"), LONG_MILLIS));
    get(client.command(1, bytes("b"), LONG_MILLIS));

    assertThat(node.batches.get(0).getClusterId()).isEqualTo("c1");
    assertThat(node.batches.get(1).getClusterId()).isEmpty();
  }

  @Test
  void manyThreadsShareOneStreamInBatchesAndGetTheirOwnAnswers() throws Exception {
    ScriptedNode node = node(ScriptedNode.Exchange::answerAll);
    NodeClient client = client(node.address());
    int threads = 16;
    int each = 1_000;
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      running.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  ByteString body = bytes(thread + ":" + i);
                  if (!client.command(1, body, LONG_MILLIS).join().getResult().equals(body)) {
                    wrong.incrementAndGet();
                  }
                }
              }));
    }
    for (Thread thread : running) {
      thread.join();
    }

    assertThat(wrong).hasValue(0);
    assertThat(node.requestCount()).isEqualTo(threads * each);
    assertThat(node.batches.size()).isLessThan(threads * each);
    assertThat(node.streams).hasSize(1);
  }

  @Test
  void answersMayComeInAnyOrder() throws Exception {
    List<ScriptedNode.Exchange> held = Collections.synchronizedList(new ArrayList<>());
    ScriptedNode node = node(held::add);
    NodeClient client = client(node.address());
    CompletableFuture<Reply> first = client.command(1, bytes("first"), LONG_MILLIS);
    await().until(() -> node.requestCount() == 1);
    CompletableFuture<Reply> second = client.command(1, bytes("second"), LONG_MILLIS);
    await().until(() -> node.requestCount() == 2);

    held.get(1).answerAll();
    assertThat(get(second).getResult()).isEqualTo(bytes("second"));
    assertThat(first).isNotDone();

    held.get(0).answerAll();
    assertThat(get(first).getResult()).isEqualTo(bytes("first"));
  }

  @Test
  void aBrokenStreamLeavesCommandsUnknownAndQueriesNotApplied() throws Exception {
    ScriptedNode node = node(exchange -> {});
    NodeClient client = client(node.address());
    CompletableFuture<Reply> command = client.command(1, bytes("c"), LONG_MILLIS);
    CompletableFuture<Reply> query = client.query(1, bytes("q"), LINEARIZABLE, LONG_MILLIS);
    await().until(() -> node.requestCount() == 2);

    node.close();

    assertThat(get(command).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(get(command).getError()).isEqualTo(ErrorCode.ERROR_CODE_UNAVAILABLE);
    assertThat(get(query).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(client.outstanding()).isZero();
  }

  @Test
  void everyRequestIsAnsweredExactlyOnceWhenStreamsBreakUnderLoad() throws Exception {
    AtomicInteger batches = new AtomicInteger();
    ScriptedNode node =
        node(exchange -> {
          exchange.answerAll();
          if (batches.incrementAndGet() % 7 == 0) {
            ScriptedNode.endWith(exchange, Status.UNAVAILABLE);
          }
        });
    NodeClient client = client(node.address());
    int count = 5_000;
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger twice = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      AtomicInteger mine = new AtomicInteger();
      client.command(
          1,
          bytes("v" + i),
          LONG_MILLIS,
          reply -> {
            answers.incrementAndGet();
            if (mine.incrementAndGet() > 1) {
              twice.incrementAndGet();
            }
            all.countDown();
          });
      if (i % 10 == 0) {
        Thread.yield();
      }
    }
    assertThat(all.await(20, SECONDS)).isTrue();

    assertThat(answers).hasValue(count);
    assertThat(twice).hasValue(0);
    assertThat(client.outstanding()).isZero();
  }

  @Test
  void aRequestToNobodyIsNotAppliedAtOnce() throws Exception {
    ScriptedNode gone = node(ScriptedNode.Exchange::answerAll);
    gone.close();

    Reply reply = get(client(gone.address()).command(1, bytes("x"), LONG_MILLIS));

    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_UNAVAILABLE);
    assertThat(reply.getMessage()).contains(gone.address());
  }

  @Test
  void aRestartedNodeIsReachedAgain() throws Exception {
    ScriptedNode before = node(ScriptedNode.Exchange::answerAll);
    NodeClient client = client(before.address());
    get(client.command(1, bytes("x"), LONG_MILLIS));
    before.close();
    await().until(() -> !client.isConnected());
    get(client.command(1, bytes("nobody"), LONG_MILLIS));

    opened.add(new ScriptedNode(network, before.port(), ScriptedNode.Exchange::answerAll));

    await()
        .until(() ->
            get(client.command(1, bytes("again"), LONG_MILLIS)).getOutcome()
                == Outcome.OUTCOME_APPLIED);
  }

  @Test
  void aNodeOfAnotherClusterTakesNothing() throws Exception {
    ScriptedNode node =
        node(exchange ->
            ScriptedNode.endWith(
                exchange, Status.FAILED_PRECONDITION.withDescription("cluster c2")));

    Reply reply = get(client(node.address()).command(1, bytes("x"), LONG_MILLIS));

    assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(reply.getMessage()).contains("cluster c2");
  }

  @Test
  void aSilentNodeTimesACommandOutAsUnknownAndAQueryAsNotApplied() throws Exception {
    ScriptedNode node = node(exchange -> {});
    NodeClient client = client(node.address());

    CompletableFuture<Reply> command = client.command(1, bytes("c"), 150);
    CompletableFuture<Reply> query = client.query(1, bytes("q"), LINEARIZABLE, 150);

    assertThat(get(command).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(get(command).getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
    assertThat(get(query).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(client.outstanding()).isZero();
  }

  @Test
  void anAnswerAfterTheDeadlineIsIgnored() throws Exception {
    List<ScriptedNode.Exchange> held = Collections.synchronizedList(new ArrayList<>());
    ScriptedNode node = node(held::add);
    NodeClient client = client(node.address());
    Reply timedOut = get(client.command(1, bytes("late"), 50));
    await().until(() -> held.size() == 1);

    held.getFirst().answerAll();
    node.onBatch(ScriptedNode.Exchange::answerAll);

    assertThat(timedOut.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(get(client.command(1, bytes("next"), LONG_MILLIS)).getResult())
        .isEqualTo(bytes("next"));
    assertThat(client.outstanding()).isZero();
  }

  @Test
  void anAnswerNobodyAskedForIsIgnored() throws Exception {
    ScriptedNode node =
        node(exchange -> {
          exchange
              .replies()
              .onNext(ReplyBatch.newBuilder().addReplies(Reply.newBuilder().setId(999)).build());
          exchange.answerAll();
        });

    assertThat(get(client(node.address()).command(1, bytes("x"), LONG_MILLIS)).getResult())
        .isEqualTo(bytes("x"));
  }

  @Test
  void tooManyOutstandingRequestsAreRefusedAtOnce() throws Exception {
    ScriptedNode node = node(exchange -> {});
    NodeClient client =
        client(node.address(), new NodeClient.Options("c1", 2, 1 << 20, 1 << 10, 100));
    client.command(1, bytes("1"), LONG_MILLIS);
    client.command(1, bytes("2"), LONG_MILLIS);

    CompletableFuture<Reply> third = client.command(1, bytes("3"), LONG_MILLIS);

    assertThat(third).isDone();
    assertThat(get(third).getError()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
    assertThat(get(third).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
    assertThat(client.outstanding()).isEqualTo(2);
  }

  @Test
  void tooManyOutstandingBytesAreRefusedAtOnce() throws Exception {
    ScriptedNode node = node(exchange -> {});
    NodeClient client = client(node.address(), new NodeClient.Options("c1", 100, 1_000, 900, 100));
    client.command(1, ByteString.copyFrom(new byte[800]), LONG_MILLIS);

    CompletableFuture<Reply> second =
        client.command(1, ByteString.copyFrom(new byte[800]), LONG_MILLIS);

    assertThat(get(second).getError()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
    assertThat(get(client.command(1, ByteString.copyFrom(new byte[901]), LONG_MILLIS)).getError())
        .isEqualTo(ErrorCode.ERROR_CODE_TOO_LARGE);
  }

  /**
   * H54: gRPC's own buffer has no limit, so what a stalled node does not take must wait in ours.
   */
  @Test
  void aNodeThatDoesNotReadLeavesRequestsUnsentAndTheyTimeOutWithoutEffect() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    // Blocks the server's event loop, as a stopped process would.
    Network serverNetwork = new Network(1);
    ScriptedNode node =
        new ScriptedNode(
            serverNetwork,
            0,
            exchange -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    NodeClient client =
        client(node.address(), new NodeClient.Options("c1", 100, 256L << 20, 2 << 20, 100));
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      replies.add(client.command(1, ByteString.copyFrom(new byte[1 << 20]), 500));
    }

    List<Outcome> outcomes = new ArrayList<>();
    for (CompletableFuture<Reply> reply : replies) {
      outcomes.add(get(reply).getOutcome());
    }
    release.countDown();
    client.close();
    node.close();
    serverNetwork.close();

    assertThat(outcomes).contains(Outcome.OUTCOME_UNKNOWN, Outcome.OUTCOME_NOT_APPLIED);
    assertThat(outcomes.getLast()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
  }

  @Test
  void closingAnswersWhatIsOutstandingAndRefusesTheRest() throws Exception {
    ScriptedNode node = node(exchange -> {});
    NodeClient client = client(node.address());
    CompletableFuture<Reply> sent = client.command(1, bytes("x"), LONG_MILLIS);
    await().until(() -> node.requestCount() == 1);

    client.close();

    assertThat(get(sent).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(get(client.command(1, bytes("y"), LONG_MILLIS)).getOutcome())
        .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
  }

  @Test
  void aRequestAfterTheNetworkClosedIsStillAnswered() throws Exception {
    Network gone = new Network(1);
    NodeClient client = new NodeClient("127.0.0.1:1", NodeClient.Options.of("c1"), gone);
    client.close();
    gone.close();

    assertThat(get(client.command(1, bytes("y"), LONG_MILLIS)).getOutcome())
        .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
  }

  private ScriptedNode node(Consumer<ScriptedNode.Exchange> onBatch) throws IOException {
    ScriptedNode node = new ScriptedNode(network, 0, onBatch);
    opened.add(node);
    return node;
  }

  private NodeClient client(String address) {
    return client(address, NodeClient.Options.of("c1"));
  }

  private NodeClient client(String address, NodeClient.Options options) {
    NodeClient client = new NodeClient(address, options, network);
    opened.add(client);
    return client;
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static Reply get(CompletableFuture<Reply> reply)
      throws InterruptedException, ExecutionException, TimeoutException {
    return reply.get(15, SECONDS);
  }
}
