package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.slot.Slots;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people see and press: the dashboard's files and its API. */
final class OperatorApiTest {
  private static final FakeKv KV = new FakeKv(3);
  private static final Door DOOR = new Door(KV, Door.LIMITS);
  private static final String[] JSON = {"Content-Type", Answers.JSON};

  @BeforeEach
  void forget() {
    KV.reset();
    DOOR.operator.handsOver = true;
  }

  @AfterAll
  static void close() {
    DOOR.close();
  }

  private static HttpResponse<String> post(String path, String body, String... headers) {
    return DOOR.call("POST", path, body, headers.length == 0 ? JSON : headers);
  }

  @Test
  void theRingIsToldInRunsThatCoverEverySlot() {
    String ring = DOOR.call("GET", "/api/ring", "").body();
    assertThat(ring)
        .startsWith("{\"epoch\":3,\"slots\":16384,\"groups\":[{\"id\":1,\"name\":\"g1\"},")
        .endsWith("]]}");
    String runs = ring.substring(ring.indexOf("\"runs\":[[") + 9, ring.length() - 3);
    int slot = 0;
    for (String run : runs.split("],\\[")) {
      int comma = run.indexOf(',');
      int group = Integer.parseInt(run.substring(comma + 1));
      assertThat(KV.slots().groupOf(slot)).isEqualTo(group);
      slot += Integer.parseInt(run.substring(0, comma));
    }
    assertThat(slot).isEqualTo(Slots.COUNT);
  }

  @Test
  void aKeyIsLocated() {
    String body = DOOR.call("GET", "/api/locate?key=a%20b", "").body();
    int group = KV.slots().groupOf(Slots.of("a b".getBytes(StandardCharsets.UTF_8)));
    assertThat(body)
        .startsWith("{\"key\":\"a b\",\"slot\":")
        .contains("\"group\":\"g" + group + "\"");
    assertThat(DOOR.call("GET", "/api/locate", "").statusCode()).isEqualTo(400);
  }

  @Test
  void healthCommitsAnEntryInEveryGroup() {
    HttpResponse<String> healthy = post("/api/health", "");
    assertThat(healthy.statusCode()).isEqualTo(200);
    assertThat(healthy.body()).contains("{\"group\":\"g3\",\"ok\":true").endsWith("true}");
    assertThat(KV.seen)
        .containsExactly(new KvRequest.Touch(1), new KvRequest.Touch(2), new KvRequest.Touch(3));
    KV.failWith(FailureCode.NO_LEADER, Outcome.NOT_APPLIED);
    HttpResponse<String> sick = post("/api/health", "");
    assertThat(sick.statusCode()).isEqualTo(503);
    assertThat(sick.body()).contains("\"message\":\"it was asked to fail\"").endsWith("false}");
  }

  /** A front door knows how far its own records go, so each of these tests has one to itself. */
  private static HttpResponse<String> append(Door door, String data) {
    return door.call("POST", "/api/write", "{\"data\":\"" + data + "\"}", JSON);
  }

  private static String record(long id) {
    return "/v1/kv/records%2F" + String.format("%020d", id);
  }

  @Test
  void recordsAreNumberedWithoutGaps() {
    try (Door door = new Door(new FakeKv(3), Door.LIMITS)) {
      assertThat(append(door, "a").body())
          .startsWith("{\"success\":true,\"entryId\":1,\"leader\":\"n");
      // Others append too, through other balancers.
      for (int id = 2; id <= 40; id++) {
        door.call("PUT", record(id), "theirs");
      }
      assertThat(append(door, "b").body()).contains("\"entryId\":41,");
      assertThat(append(door, "c").body()).contains("\"entryId\":42,");
      assertThat(door.call("GET", record(41), "").body())
          .isEqualTo("{\"data\":\"b\",\"source\":\"\"}");
    }
  }

  @Test
  void aNewBalancerFindsTheEnd() {
    FakeKv kv = new FakeKv(3);
    for (int records : new int[] {1, 2, 3, 7, 8, 100}) {
      try (Door door = new Door(kv, Door.LIMITS)) {
        for (int id = 1; id <= records; id++) {
          door.call("PUT", record(id), "theirs");
        }
        assertThat(append(door, "mine").body()).contains("\"entryId\":" + (records + 1) + ",");
      }
      kv.reset();
    }
  }

  @Test
  void aRecordWithoutAnAnswerMayTakeItsNumber() {
    FakeKv kv = new FakeKv(3);
    try (Door door = new Door(kv, Door.LIMITS)) {
      append(door, "a");
      kv.failWith(FailureCode.TIMEOUT, Outcome.UNKNOWN);
      HttpResponse<String> lost = append(door, "b");
      assertThat(lost.statusCode()).isEqualTo(504);
      assertThat(lost.body()).contains("\"outcome\":\"unknown\"");
      // It took effect all the same.
      kv.answerAgain();
      door.call("PUT", record(2), "b");
      assertThat(append(door, "c").body()).contains("\"entryId\":3,");
    }
  }

  @Test
  void nonsenseIsNoRecord() {
    for (String body :
        List.of(
            "", "{}", "[]", "{\"data\":1}", "{\"data\":\"a\",\"x\":\"y\"}", "{\"data\":\"a\"}x")) {
      assertThat(post("/api/write", body).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void aLeaderIsAskedToHandOver() {
    assertThat(post("/api/step-down", "{\"group\":\"g1\"}").body())
        .isEqualTo(
            "{\"group\":\"g1\",\"done\":true,\"leader\":\"n3\","
                + "\"message\":\"n2 handed g1 over to n3\"}");
    DOOR.operator.handsOver = false;
    assertThat(post("/api/step-down", "{\"group\":\"g1\"}").statusCode()).isEqualTo(503);
    assertThat(post("/api/step-down", "{\"group\":\"g9\"}").statusCode()).isEqualTo(404);
    KV.loseLeader(2);
    assertThat(post("/api/step-down", "{\"group\":\"g2\"}").statusCode()).isEqualTo(409);
  }

  @Test
  void pagesOfOtherSitesPressNoButtons() {
    String body = "{\"group\":\"g1\"}";
    assertThat(
            post("/api/step-down", body, "Content-Type", Answers.JSON, "Origin", "http://evil.test")
                .statusCode())
        .isEqualTo(403);
    assertThat(
            post(
                    "/api/step-down",
                    body,
                    "Content-Type",
                    Answers.JSON,
                    "Sec-Fetch-Site",
                    "cross-site")
                .statusCode())
        .isEqualTo(403);
    assertThat(post("/api/step-down", body, "Content-Type", "text/plain").statusCode())
        .isEqualTo(415);
    assertThat(
            post(
                    "/api/step-down",
                    body,
                    "Content-Type",
                    Answers.JSON,
                    "Origin",
                    "http://127.0.0.1:" + DOOR.server.port())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void nodesAreHurtOnlyWithLeaveTo() {
    assertThat(post("/api/chaos", "{\"action\":\"kill\",\"node\":\"n1\"}").body())
        .contains("\"message\":\"n1 was told to kill\"");
    assertThat(post("/api/chaos", "{\"action\":\"kill\",\"node\":\"n99\"}").statusCode())
        .isEqualTo(409);
    assertThat(post("/api/chaos", "{\"action\":\"burn\",\"node\":\"n1\"}").statusCode())
        .isEqualTo(400);
    try (Door harmless = Door.harmless(new FakeKv(1))) {
      assertThat(
              harmless
                  .call("POST", "/api/chaos", "{\"action\":\"kill\",\"node\":\"n1\"}", JSON)
                  .statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void theStreamTellsThePictureAndTheFeed() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), DOOR.server.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      List<String> lines = new ArrayList<>();
      String line = in.readLine();
      while (line != null && !line.startsWith("data: {\"at\":")) {
        lines.add(line);
        line = in.readLine();
      }
      assertThat(lines)
          .contains("Content-Type: text/event-stream", "event: cluster")
          .anyMatch(text -> text.contains("n2 leads g1 in term 7"));
      assertThat(line)
          .contains(
              "\"clusterId\":\"test\"", "\"leader\":\"n2\"", "\"quorum\":true", "\"chaos\":true");
    }
  }

  @Test
  void thePageAndItsPartsAreServedAndNothingElseIs() {
    HttpResponse<String> page = DOOR.call("GET", "/", "");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'self'");
    String etag = page.headers().firstValue("ETag").orElseThrow();
    assertThat(DOOR.call("GET", "/", "", "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(DOOR.call("GET", "/ui/style.css", "").statusCode()).isEqualTo(200);
    assertThat(DOOR.call("GET", "/ui/../http/openapi.yaml", "").statusCode()).isNotEqualTo(200);
    assertThat(DOOR.call("GET", "/ui/none.js", "").statusCode()).isEqualTo(404);
  }
}
