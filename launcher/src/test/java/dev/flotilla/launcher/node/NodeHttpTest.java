package dev.flotilla.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NodeHttpTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final FakeNode node = new FakeNode();
  private final HttpClient http = HttpClient.newHttpClient();
  private NodeHttp server;

  @BeforeEach
  void start() throws IOException {
    ClusterConfig config =
        new LocalLayout(FreePorts.base(), 1, 3)
            .config("c", Path.of("/unused"), ClusterConfig.Tuning.DEFAULT);
    server = NodeHttp.start(config, config.node(1), node, null);
  }

  @AfterEach
  void stop() {
    server.close();
    http.shutdownNow();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  @Test
  void theFirstHostedGroupStandsAtTheTopOfRaftStatus() throws Exception {
    JsonNode status = json("/raft/status");
    assertThat(status.path("state").asString()).isEqualTo("FOLLOWER");
    assertThat(status.path("term").asLong()).isEqualTo(7);
    assertThat(status.path("leader").asString()).isEqualTo("n2");
    assertThat(status.path("timeSinceLastHeartbeat").asLong()).isEqualTo(12);
    assertThat(status.path("commitIndex").asLong()).isEqualTo(100);
    assertThat(status.path("appliedIndex").asLong()).isEqualTo(99);
    assertThat(status.path("lastLogIndex").asLong()).isEqualTo(101);
    assertThat(status.path("stateHash").asString()).isEqualTo("ffffffffffffffff");
    assertThat(status.path("groups")).hasSize(1);
  }

  @Test
  void whoeverNeverHeardALeaderSaysSo() throws Exception {
    node.replica = node.replica.toBuilder().clearSinceLeaderContactMillis().build();
    JsonNode status = json("/raft/status");
    assertThat(status.has("timeSinceLastHeartbeat")).isTrue();
    assertThat(status.path("timeSinceLastHeartbeat").isNull()).isTrue();
  }

  @Test
  void theStateHashIsLeftOutOnRequest() throws Exception {
    assertThat(json("/raft/status?hash=false").path("stateHash").isNull()).isTrue();
    assertThat(node.hashesAsked).isZero();
  }

  @Test
  void membersAreNamedWithTheirAddresses() throws Exception {
    JsonNode cluster = json("/cluster");
    assertThat(cluster.path("leader").asString()).isEqualTo("n2");
    assertThat(cluster.path("members")).hasSize(4);
    assertThat(cluster.path("changing").asBoolean()).isFalse();
    // No cluster file names it; its group does.
    assertThat(cluster.path("members").get(3).path("name").asString()).isEqualTo("n12");
    assertThat(cluster.path("members").get(3).path("grpc").asString()).isEqualTo("127.0.0.1:7012");
    assertThat(cluster.path("members").get(3).path("voter").asBoolean()).isFalse();
    assertThat(cluster.path("members").get(2).path("name").asString()).isEqualTo("n3");
    assertThat(cluster.path("members").get(2).path("grpc").asString()).startsWith("127.0.0.1:");
    assertThat(json("/status").path("uptime").asLong()).isEqualTo(5);
  }

  @Test
  void aReplicaWithoutALeaderIsNotReady() throws Exception {
    assertThat(send("GET", "/readyz").statusCode()).isEqualTo(200);
    node.replica = node.replica.toBuilder().setLeader(0).build();
    HttpResponse<String> response = send("GET", "/readyz");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("g1 has no leader\n");
    assertThat(send("GET", "/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void aReplicaWhoseVoteDoesNotCountIsNotReady() throws Exception {
    node.replica = node.replica.toBuilder().setStanding(Standing.STANDING_JOINING).build();
    assertThat(send("GET", "/readyz").body()).isEqualTo("g1 waits to be let in\n");
    node.replica =
        node.replica.toBuilder()
            .setStanding(Standing.STANDING_MEMBER)
            .setRole(Role.ROLE_LEARNER)
            .build();
    assertThat(send("GET", "/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void aPageOfAnotherSitePressesNoButton() throws Exception {
    HttpRequest foreign =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/step-down"))
            .header("Origin", "http://elsewhere.test")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(foreign, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void steppingDownSaysWhoTookOver() throws Exception {
    HttpResponse<String> nothing = send("POST", "/step-down");
    assertThat(nothing.statusCode()).isEqualTo(409);
    node.transfers =
        List.of(
            TransferLeadershipReply.Transfer.newBuilder()
                .setGroup(1)
                .setDone(true)
                .setLeader(3)
                .build());
    HttpResponse<String> done = send("POST", "/step-down");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(done.body()).path("transfers").get(0).path("leader").asString())
        .isEqualTo("n3");
  }

  @Test
  void metricsAreInPrometheusForm() throws Exception {
    HttpResponse<String> metrics = send("GET", "/metrics");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(metrics.body().lines())
        .contains(
            "# TYPE flotilla_raft_term gauge",
            "flotilla_raft_term{node=\"n1\",group=\"g1\"} 7",
            "flotilla_wal_fsync_duration_seconds_count{node=\"n1\"} 3");
  }

  @Test
  void wrongPathsAndMethodsAreAnsweredAsSuch() throws Exception {
    assertThat(send("GET", "/nothing").statusCode()).isEqualTo(404);
    HttpResponse<String> wrong = send("GET", "/step-down");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("POST");
    assertThat(send("DELETE", "/status").statusCode()).isEqualTo(405);
  }

  private static MemberStatus member(int node) {
    return MemberStatus.newBuilder()
        .setNode(node)
        .setVoter(true)
        .setAddress("127.0.0.1:" + (7_000 + node))
        .build();
  }

  private static final class FakeNode implements NodeAdmin {
    volatile int hashesAsked;
    volatile List<TransferLeadershipReply.Transfer> transfers = List.of();
    volatile ReplicaStatus replica =
        ReplicaStatus.newBuilder()
            .setGroup(1)
            .setGroupName("g1")
            .setRole(Role.ROLE_FOLLOWER)
            .setTerm(7)
            .setLeader(2)
            .setSinceLeaderContactMillis(12)
            .setCommitIndex(100)
            .setAppliedIndex(99)
            .setLastIndex(101)
            .setStateHash(-1)
            .setStanding(Standing.STANDING_MEMBER)
            .setMembershipSettled(true)
            .addMembers(member(1))
            .addMembers(member(2))
            .addMembers(member(3))
            .addMembers(member(12).toBuilder().setVoter(false))
            .build();

    @Override
    public CompletableFuture<NodeStatus> status(boolean stateHash) {
      hashesAsked += stateHash ? 1 : 0;
      return CompletableFuture.completedFuture(
          NodeStatus.newBuilder()
              .setNode(1)
              .setName("n1")
              .setUptimeMillis(5)
              .addReplicas(replica)
              .build());
    }

    @Override
    public String meters() {
      return "flotilla_wal_fsync_duration_seconds_count{node=\"n1\"} 3\n";
    }

    @Override
    public CompletableFuture<TransferLeadershipReply> transferLeadership(
        TransferLeadershipRequest request) {
      return CompletableFuture.completedFuture(
          TransferLeadershipReply.newBuilder().addAllTransfers(transfers).build());
    }
  }
}
