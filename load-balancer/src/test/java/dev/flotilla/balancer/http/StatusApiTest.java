package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusApiTest {
  private static final FakeKv KV = new FakeKv(3);
  private static final Door DOOR = new Door(KV, Door.LIMITS);

  @BeforeEach
  void forget() {
    KV.reset();
  }

  @AfterAll
  static void close() {
    DOOR.close();
  }

  @Test
  void aliveIsAlive() {
    HttpResponse<String> live = DOOR.call("GET", "/livez", "");
    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(live.body()).isEqualTo("{\"live\":true}");
  }

  @Test
  void readyMeansThatEveryGroupHasALeaderThatAnswers() {
    HttpResponse<String> ready = DOOR.call("GET", "/readyz", "");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).startsWith("{\"ready\":true,").endsWith("\"lacking\":[]}");
    KV.loseLeader(1);
    KV.loseLeader(3);
    HttpResponse<String> unready = DOOR.call("GET", "/readyz", "");
    assertThat(unready.statusCode()).isEqualTo(503);
    assertThat(unready.body())
        .isEqualTo(
            "{\"ready\":false,\"groups\":[{\"group\":\"g1\",\"ready\":false},"
                + "{\"group\":\"g2\",\"ready\":true},{\"group\":\"g3\",\"ready\":false}],"
                + "\"lacking\":[\"g1\",\"g3\"]}");
  }

  @Test
  void statusNamesGroupsLeadersAndMembers() {
    KV.loseLeader(2);
    String status = DOOR.call("GET", "/api/status", "").body();
    assertThat(status)
        .startsWith("{\"clusterId\":\"test\",\"ringEpoch\":3,\"slots\":16384,\"groups\":[")
        .contains("{\"id\":1,\"name\":\"g1\",\"leader\":\"127.0.0.1:7002\",\"leaderNode\":\"n2\",")
        .contains("\"term\":7,\"size\":3,\"slots\":" + KV.slots().slotCount(1) + ",")
        .contains("{\"id\":1,\"node\":\"n1\",\"address\":\"127.0.0.1:7001\",\"leader\":false}")
        .contains("{\"id\":2,\"node\":\"n2\",\"address\":\"127.0.0.1:7002\",\"leader\":true}")
        .contains("{\"id\":2,\"name\":\"g2\",\"leader\":null,\"leaderNode\":null,")
        .doesNotContain("clusterSize");
  }

  @Test
  void aClusterOfOneGroupIsAlsoShownWithoutGroups() {
    try (Door single = new Door(new FakeKv(1), Door.LIMITS)) {
      assertThat(single.call("GET", "/api/status", "").body())
          .contains("],\"leader\":\"n2\",\"clusterSize\":3,\"nodes\":[{\"id\":1,\"node\":\"n1\",");
    }
  }

  @Test
  void whatIsRefusedAtTheDoorIsCounted() {
    try (Door door = new Door(new FakeKv(1), Door.LIMITS)) {
      door.raw("\u0000\u0001 nonsense\r\n\r\n");
      door.raw("GET /livez HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
      door.formBody("key=a&request=NONSENSE%7Ca");
      door.call("PUT", "/v1/kv/a", "x".repeat((1 << 20) + 1));
      door.call("GET", "/v1/kv/absent", "");
      assertThat(door.call("GET", "/metrics", "").body())
          .contains("flotilla_balancer_refused_total{status=\"400\"} 3.0")
          .contains("flotilla_balancer_refused_total{status=\"413\"} 1.0")
          .doesNotContain("flotilla_balancer_refused_total{status=\"404\"}");
    }
  }

  @Test
  void metricsAreServedAsPrometheusText() {
    HttpResponse<String> metrics = DOOR.call("GET", "/metrics", "");
    assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("flotilla_balancer_requests_total{group=\"g1\",op=\"get\",outcome=\"applied\"}")
        .contains("flotilla_balancer_request_duration_seconds_bucket{op=\"put\",le=\"0.001\"}")
        .contains("flotilla_balancer_leader_cache_hits_total{group=\"g1\"}")
        .contains("flotilla_balancer_redirects_total{group=\"g1\"}")
        .contains("flotilla_balancer_retries_total{group=\"g1\",reason=\"node_lost\"}")
        .contains("flotilla_balancer_in_flight");
  }
}
