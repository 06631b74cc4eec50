package dev.flotilla.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.client.Network;
import dev.flotilla.proto.client.v1.ClientGrpc;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole balancers, over real sockets, before nodes that keep their state in a map they share. */
final class BalancerServerTest {
  private final Network network = new Network(1);
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<FakeNode> nodes = new ArrayList<>();
  private final Map<ByteString, ByteString> data = new ConcurrentHashMap<>();
  private final Map<String, CommandResult> sessions = new ConcurrentHashMap<>();
  private volatile int leader = 1;
  private volatile long term = 1;

  @BeforeEach
  void startNodes() throws IOException {
    for (int id = 1; id <= 3; id++) {
      nodes.add(new FakeNode(id));
    }
  }

  @AfterEach
  void stopNodes() throws InterruptedException {
    for (FakeNode node : nodes) {
      node.server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    http.close();
    network.close();
  }

  private final class FakeNode extends ClientGrpc.ClientImplBase {
    final int id;
    final Server server;

    FakeNode(int id) throws IOException {
      this.id = id;
      server =
          network
              .serverBuilder(new InetSocketAddress("127.0.0.1", 0))
              .addService(this)
              .build()
              .start();
    }

    @Override
    public StreamObserver<RequestBatch> exchange(StreamObserver<ReplyBatch> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(RequestBatch batch) {
          ReplyBatch.Builder replies = ReplyBatch.newBuilder();
          batch.getRequestsList().forEach(request -> replies.addReplies(reply(request)));
          out.onNext(replies.build());
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }

    private Reply reply(Request request) {
      Reply.Builder reply = Reply.newBuilder().setId(request.getId()).setTerm(term);
      if (leader != id) {
        return reply
            .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
            .setError(ErrorCode.ERROR_CODE_NOT_LEADER)
            .setLeader(LeaderHint.newBuilder().setNode(leader).setTerm(term))
            .build();
      }
      try {
        return reply
            .setOutcome(Outcome.OUTCOME_APPLIED)
            .setResult(
                request.hasCommand()
                    ? apply(Command.parseFrom(request.getCommand())).toByteString()
                    : answer(Query.parseFrom(request.getQuery())).toByteString())
            .build();
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
  }

  private CommandResult apply(Command command) {
    String id = command.getClientIdHigh() + "/" + command.getClientIdLow() + "/" + command.getSeq();
    return sessions.computeIfAbsent(
        id,
        first -> {
          ByteString before =
              command.hasPut()
                  ? data.put(command.getPut().getKey(), command.getPut().getValue())
                  : data.remove(command.getDelete().getKey());
          return CommandResult.newBuilder()
              .setStatus(Status.STATUS_OK)
              .setRevision(sessions.size() + 1)
              .setExisted(before != null)
              .build();
        });
  }

  private QueryResult answer(Query query) {
    ByteString value = data.get(query.getGet().getKey());
    return value == null
        ? QueryResult.newBuilder().setStatus(Status.STATUS_NOT_FOUND).build()
        : QueryResult.newBuilder()
            .setStatus(Status.STATUS_OK)
            .setValue(value)
            .setRevision(1)
            .build();
  }

  @Test
  void twoBalancersInOneProcessServeTheSameData() throws Exception {
    try (BalancerServer one = start(network);
        BalancerServer other = start(null)) {
      assertThat(one.port()).isNotEqualTo(other.port());
      awaitReady(one);
      awaitReady(other);
      assertThat(form(one, "k", "SET|k|v").body())
          .isEqualTo("{\"response\":\"\",\"error_code\":\"SUCCESS\"}");
      assertThat(form(other, "k", "GET|k|").body())
          .isEqualTo("{\"response\":\"1|v\",\"error_code\":\"SUCCESS\"}");
    }
  }

  @Test
  void aRetryOfACallerThroughAnotherBalancerAfterAFailoverHasOneEffect() throws Exception {
    try (BalancerServer one = start(network);
        BalancerServer other = start(network)) {
      awaitReady(one);
      HttpResponse<String> first =
          form(one, "k", "SET|k|v", "X-Client-Id", "me", "X-Request-Seq", "1");
      failOver(2);
      HttpResponse<String> again =
          form(other, "k", "SET|k|v", "X-Client-Id", "me", "X-Request-Seq", "1");
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(again.headers().firstValue("X-Flotilla-Revision"))
          .isEqualTo(first.headers().firstValue("X-Flotilla-Revision"));
      assertThat(again.headers().firstValue("X-Flotilla-Term")).contains("2");
      assertThat(sessions).hasSize(1);
    }
  }

  @Test
  void writesGoOnThroughFailovers() throws Exception {
    try (BalancerServer balancer = start(network)) {
      awaitReady(balancer);
      for (int round = 0; round < 6; round++) {
        assertThat(form(balancer, "k", "SET|k|" + round).statusCode()).isEqualTo(200);
        failOver(1 + (leader % 3));
        assertThat(form(balancer, "k", "GET|k|").body()).contains("1|" + round);
      }
    }
  }

  @Test
  void aNodeThatDiesAndItsSuccessorAreToldApart() throws Exception {
    try (BalancerServer balancer = start(network)) {
      awaitReady(balancer);
      nodes.get(0).server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      failOver(3);
      assertThat(form(balancer, "k", "SET|k|v").statusCode()).isEqualTo(200);
      String status = get(balancer, "/api/status").body();
      assertThat(status).contains("\"leader\":\"n3\"").contains("\"clusterSize\":3");
    }
  }

  @Test
  void withoutALeaderItIsAliveAndNotReady() throws Exception {
    leader = 0;
    try (BalancerServer balancer = start(network)) {
      assertThat(get(balancer, "/livez").statusCode()).isEqualTo(200);
      HttpResponse<String> ready = get(balancer, "/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("\"lacking\":[\"g1\"]");
      HttpResponse<String> write = form(balancer, "k", "SET|k|v", "X-Timeout", "200ms");
      assertThat(write.statusCode()).isEqualTo(503);
      assertThat(write.body()).contains("\"error_code\":\"NO_LEADER\",\"outcome\":\"not_applied\"");
    }
  }

  @Test
  void metricsTellWhatHappened() throws Exception {
    try (BalancerServer balancer = start(network)) {
      awaitReady(balancer);
      form(balancer, "k", "SET|k|v");
      assertThat(get(balancer, "/metrics").body())
          .contains(
              "flotilla_balancer_requests_total{group=\"g1\",op=\"put\",outcome=\"applied\"} 1")
          .contains("flotilla_balancer_circuit_state{group=\"g1\"} 0")
          .contains("flotilla_ring_share_ratio{group=\"g1\"} 1")
          .contains("flotilla_build_info{version=\"test\"} 1");
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (BalancerServer first = start(network)) {
      assertThatThrownBy(() -> start(network, first.port()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + first.port());
    }
  }

  @Test
  void startingTakesLittleTime() throws Exception {
    start(network).close();
    long began = System.nanoTime();
    BalancerServer server = start(network);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    server.close();
    System.out.println("balancer: started in " + millis + " ms");
    assertThat(millis).isLessThan(5_000);
  }

  private void failOver(int node) {
    leader = node;
    term++;
  }

  private BalancerServer start(Network shared) throws IOException {
    return start(shared, 0);
  }

  private BalancerServer start(Network shared, int port) throws IOException {
    Map<Integer, String> members = new ConcurrentHashMap<>();
    nodes.forEach(node -> members.put(node.id, "127.0.0.1:" + node.server.getPort()));
    return BalancerServer.start(
        BalancerOptions.of(
            "test",
            "127.0.0.1",
            port,
            List.of(new GroupPlacement(1, "g1", 1, members)),
            1,
            "test",
            shared));
  }

  private void awaitReady(BalancerServer balancer) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> get(balancer, "/readyz").statusCode() == 200);
  }

  private HttpResponse<String> get(BalancerServer balancer, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(balancer, path)));
  }

  private HttpResponse<String> form(
      BalancerServer balancer, String key, String request, String... headers) throws Exception {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(balancer, "/request"))
            .POST(
                BodyPublishers.ofString("key=" + key + "&request=" + request.replace("|", "%7C")));
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return send(builder);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try {
      return http.sendAsync(request.build(), BodyHandlers.ofString()).get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static URI uri(BalancerServer balancer, String path) {
    return URI.create("http://127.0.0.1:" + balancer.port() + path);
  }
}
