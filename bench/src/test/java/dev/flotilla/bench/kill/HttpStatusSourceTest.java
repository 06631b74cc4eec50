package dev.flotilla.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.fake.FakeHttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpStatusSourceTest {

  private static Optional<NodeStatus> ask(int status, String body) throws Exception {
    try (FakeHttpServer server =
            new FakeHttpServer(request ->
                request.line().startsWith("GET /raft/status ")
                    ? FakeHttpServer.answer(status, "", body)
                    : FakeHttpServer.answer(404, "", ""));
        HttpStatusSource source = new HttpStatusSource(Duration.ofSeconds(5))) {
      return source.ask(node(server));
    }
  }

  private static RunningCluster.Node node(FakeHttpServer server) {
    return new RunningCluster.Node(
        1, "n1", List.of("g1"), 1, "", "127.0.0.1:" + server.address().getPort(), "");
  }

  @Test
  void readsEveryHostedGroup() throws Exception {
    NodeStatus status =
        ask(
                200,
                """
                {"node":"n1","id":1,"cluster":"c","pid":42,"state":"LEADER","groups":[
                 {"group":"g1","state":"LEADER","term":7,"commitIndex":10,"appliedIndex":9},
                 {"group":"g2","state":"FOLLOWER","term":3,"commitIndex":1,"appliedIndex":1}]}
                """)
            .orElseThrow();
    assertThat(status.pid()).isEqualTo(42);
    assertThat(status.replica("g1").orElseThrow().leads()).isTrue();
    assertThat(status.replica("g2").orElseThrow().leads()).isFalse();
    assertThat(status.replica("g2").orElseThrow().term()).isEqualTo(3);
    assertThat(status.replica("g3")).isEmpty();
  }

  @Test
  void whoeverDoesNotAnswerAsANodeIsTakenAsDown() throws Exception {
    assertThat(ask(503, "{}")).isEmpty();
    assertThat(ask(200, "<html>")).isEmpty();
  }

  @Test
  void aDownNodeIsEmpty() throws IOException, InterruptedException {
    FakeHttpServer server = new FakeHttpServer(_ -> new FakeHttpServer.Silence());
    server.close();
    try (HttpStatusSource source = new HttpStatusSource(Duration.ofSeconds(5))) {
      assertThat(source.ask(node(server))).isEmpty();
    }
  }
}
