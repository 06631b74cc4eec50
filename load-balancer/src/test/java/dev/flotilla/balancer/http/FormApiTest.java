package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.Outcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The form API over a real port, byte for byte. */
final class FormApiTest {
  private static final String OK = "{\"response\":\"\",\"error_code\":\"SUCCESS\"}";
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
  void theFourCallsAnswerByteForByte() {
    assertThat(ok(DOOR.form("mykey", "SET|mykey|myvalue"))).isEqualTo(OK);
    assertThat(ok(DOOR.form("mykey", "GET|mykey|")))
        .isEqualTo("{\"response\":\"1|myvalue\",\"error_code\":\"SUCCESS\"}");
    assertThat(ok(DOOR.form("other", "GET|other|")))
        .isEqualTo("{\"response\":\"0|\",\"error_code\":\"SUCCESS\"}");
    assertThat(ok(DOOR.form("mykey", "DELETE|mykey|"))).isEqualTo(OK);
    assertThat(ok(DOOR.form("mykey", "DELETE|mykey|"))).isEqualTo(OK);
    assertThat(ok(DOOR.form("mykey", "GET|mykey|")))
        .isEqualTo("{\"response\":\"0|\",\"error_code\":\"SUCCESS\"}");
  }

  @Test
  void theLastBarOfGetAndDeleteMayBeMissing() {
    ok(DOOR.form("k", "SET|k|v"));
    assertThat(ok(DOOR.form("k", "GET|k"))).contains("1|v");
    assertThat(ok(DOOR.form("k", "DELETE|k"))).isEqualTo(OK);
  }

  @Test
  void aValueMayHoldBarsOrNothing() {
    ok(DOOR.form("k", "SET|k|a|b||c|"));
    assertThat(ok(DOOR.form("k", "GET|k|")))
        .isEqualTo("{\"response\":\"1|a|b||c|\",\"error_code\":\"SUCCESS\"}");
    ok(DOOR.form("k", "SET|k|"));
    assertThat(ok(DOOR.form("k", "GET|k|")))
        .isEqualTo("{\"response\":\"1|\",\"error_code\":\"SUCCESS\"}");
  }

  @Test
  void valuesAreEscapedAsJsonAsks() {
    ok(DOOR.form("k", "SET|k|say \"hi\" \\ \n\r\t\u0001 häß 漢字 😀 </script>"));
    assertThat(ok(DOOR.form("k", "GET|k|")))
        .isEqualTo(
            "{\"response\":\"1|say \\\"hi\\\" \\\\ \\n\\r\\t\\u0001 häß 漢字 😀 </script>\","
                + "\"error_code\":\"SUCCESS\"}");
  }

  @Test
  void bytesThatAreNoTextAreShownAsReplacementCharacters() {
    DOOR.callBytes("PUT", "/v1/kv/k", new byte[] {'a', (byte) 0xFF, 'b'});
    assertThat(ok(DOOR.form("k", "GET|k|")))
        .isEqualTo("{\"response\":\"1|a\uFFFDb\",\"error_code\":\"SUCCESS\"}");
  }

  @Test
  void everyAnswerSaysWhereItComesFrom() {
    HttpResponse<String> set = DOOR.form("k", "SET|k|v");
    assertThat(set.headers().firstValue("X-Flotilla-Group").orElseThrow()).matches("g[123]");
    assertThat(set.headers().firstValue("X-Flotilla-Term")).contains("7");
    String revision = set.headers().firstValue("X-Flotilla-Revision").orElseThrow();
    assertThat(Long.parseLong(revision)).isPositive();
    assertThat(DOOR.form("k", "GET|k|").headers().firstValue("X-Flotilla-Revision"))
        .contains(revision);
    HttpResponse<String> wrong = DOOR.form("k", "PUT|k|v");
    assertThat(wrong.headers().firstValue("X-Flotilla-Group")).contains("none");
    assertThat(wrong.headers().firstValue("X-Flotilla-Term")).contains("0");
    assertThat(wrong.headers().firstValue("X-Flotilla-Revision")).contains("0");
  }

  @Test
  void nonsenseIsABadRequestAndSaysWhy() {
    assertRefused(
        DOOR.formBody("request=GET%7Ck%7C"), 400, "BAD_REQUEST", "the field key is missing");
    assertRefused(DOOR.formBody("key=k"), 400, "BAD_REQUEST", "the field request is missing");
    assertRefused(DOOR.formBody(""), 400, "BAD_REQUEST", "the field key is missing");
    String verbs = "the request must be SET|key|value, GET|key| or DELETE|key|";
    assertRefused(DOOR.form("k", "PUT|k|v"), 400, "BAD_REQUEST", verbs);
    assertRefused(DOOR.form("k", "set|k|v"), 400, "BAD_REQUEST", verbs);
    assertRefused(DOOR.form("k", ""), 400, "BAD_REQUEST", verbs);
    assertRefused(DOOR.form("k", "GET"), 400, "BAD_REQUEST", "the request names no key");
    assertRefused(
        DOOR.form("k", "SET|other|v"),
        400,
        "BAD_REQUEST",
        "the field key is not the key inside the request");
    assertRefused(DOOR.form("", "GET||"), 400, "BAD_REQUEST", "the key is empty");
    assertRefused(DOOR.form("k", "SET|k"), 400, "BAD_REQUEST", "SET needs a value: SET|key|value");
    assertRefused(
        DOOR.formBody("key=%&request=GET"),
        400,
        "BAD_REQUEST",
        "a percent sign must be followed by two hex digits");
    assertRefused(
        DOOR.formBody("key=%FF&request=GET%7C%FF%7C"),
        400,
        "BAD_REQUEST",
        "the key is not UTF-8 text");
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void whatIsTooLargeIsRefused() {
    String key = "k".repeat(4_096);
    assertThat(DOOR.form(key, "SET|" + key + "|v").statusCode()).isEqualTo(200);
    assertThat(DOOR.form("k", "SET|k|" + "v".repeat(1 << 20)).statusCode()).isEqualTo(200);
    KV.reset();
    assertRefused(
        DOOR.form(key + "k", "GET|" + key + "k|"),
        413,
        "TOO_LARGE",
        "the key has 4097 bytes, more than 4096");
    assertRefused(
        DOOR.form("k", "SET|k|" + "v".repeat((1 << 20) + 1)),
        413,
        "TOO_LARGE",
        "the value has 1048577 bytes, more than 1048576");
    HttpResponse<String> huge = DOOR.form("k", "SET|k|" + "v".repeat(8 << 20));
    assertRefused(huge, 413, "TOO_LARGE", "the body has more than 3170560 bytes");
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void aBodyOfUnknownLengthIsCutOffWhenItGetsTooLarge() {
    String chunk = "10000\r\n" + "v".repeat(0x10000) + "\r\n";
    String answer =
        DOOR.raw(
            "POST /request HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "8\r\nkey=k&a=\r\n"
                + chunk.repeat(64)
                + "0\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 413").contains("\"error_code\":\"TOO_LARGE\"");
  }

  @Test
  void aBodyOfUnknownLengthIsReadToItsEnd() {
    String answer =
        DOOR.raw(
            "POST /request HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "6\r\nkey=k&\r\n12\r\nrequest=SET%7Ck%7C\r\n4\r\nabcd\r\n0\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith(OK);
    assertThat(ok(DOOR.form("k", "GET|k|"))).contains("1|abcd");
  }

  @Test
  void failuresNameTheirOutcome() {
    KV.failWith(FailureCode.OVERLOADED, Outcome.NOT_APPLIED);
    HttpResponse<String> overloaded = DOOR.form("k", "SET|k|v");
    assertRefused(overloaded, 429, "OVERLOADED", "it was asked to fail");
    assertThat(overloaded.headers().firstValue("Retry-After")).contains("1");
    assertThat(overloaded.headers().firstValue("X-Flotilla-Group")).contains("g2");

    KV.failWith(FailureCode.NO_LEADER, Outcome.NOT_APPLIED);
    HttpResponse<String> leaderless = DOOR.form("k", "SET|k|v");
    assertRefused(leaderless, 503, "NO_LEADER", "it was asked to fail");
    assertThat(leaderless.headers().firstValue("Retry-After")).contains("1");

    KV.failWith(FailureCode.TIMEOUT, Outcome.UNKNOWN);
    assertError(DOOR.form("k", "SET|k|v"), 504, "TIMEOUT", "unknown", "it was asked to fail");

    KV.failWith(FailureCode.SESSION_EXPIRED, Outcome.UNKNOWN);
    assertError(
        DOOR.form("k", "SET|k|v"), 409, "SESSION_EXPIRED", "unknown", "it was asked to fail");
  }

  @Test
  void aCallersIdentityAndDeadlineGoWithTheRequest() {
    DOOR.formBody(
        "key=k&request=SET%7Ck%7Cv",
        "X-Client-Id", "me", "X-Request-Seq", "42", "X-Acked-Below", "40", "X-Timeout", "250ms");
    assertThat(KV.lastOptions.identity()).isNotNull();
    assertThat(KV.lastOptions.identity().seq()).isEqualTo(42);
    assertThat(KV.lastOptions.identity().ackedBelow()).isEqualTo(40);
    assertThat(KV.lastOptions.timeoutNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
  }

  /**
   * H57: guessing that an old answer is no longer needed would make a legitimate retry run twice or
   * be refused.
   */
  @Test
  void aCallerThatDoesNotSayWhatItHasSeenIsNotGuessedAt() {
    DOOR.formBody("key=k&request=SET%7Ck%7Cv", "X-Client-Id", "me", "X-Request-Seq", "100000");
    assertThat(KV.lastOptions.identity().ackedBelow()).isZero();
  }

  @Test
  void halfAnIdentityIsRefused() {
    String body = "key=k&request=SET%7Ck%7Cv";
    String together = "X-Client-Id and X-Request-Seq only work together";
    assertRefused(DOOR.formBody(body, "X-Client-Id", "me"), 400, "BAD_REQUEST", together);
    assertRefused(DOOR.formBody(body, "X-Request-Seq", "1"), 400, "BAD_REQUEST", together);
    assertRefused(
        DOOR.formBody(body, "X-Client-Id", "me", "X-Request-Seq", "0"),
        400,
        "BAD_REQUEST",
        "X-Request-Seq must be 1 or more");
    assertRefused(
        DOOR.formBody(body, "X-Client-Id", "me", "X-Request-Seq", "5", "X-Acked-Below", "6"),
        400,
        "BAD_REQUEST",
        "X-Acked-Below must not be more than X-Request-Seq");
    assertRefused(
        DOOR.formBody(body, "X-Timeout", "soon"),
        400,
        "BAD_REQUEST",
        "X-Timeout must be a duration such as 500ms or 2s");
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void moreRequestsThanAllowedAreRefusedAtOnce() throws Exception {
    FakeKv slow = new FakeKv(1);
    HttpLimits one = new HttpLimits(4_096, 1 << 20, 1 << 20, 1, 16 << 20, Duration.ofSeconds(5));
    try (Door narrow = new Door(slow, one)) {
      CompletableFuture<KvAnswer> held = slow.hold();
      CompletableFuture<HttpResponse<String>> first =
          CompletableFuture.supplyAsync(() -> narrow.form("k", "SET|k|v"));
      Awaitility.await().until(() -> slow.seen.size() == 1);
      HttpResponse<String> second = narrow.form("k", "SET|k|v");
      assertRefused(second, 429, "OVERLOADED", "too many requests are under way");
      assertThat(second.headers().firstValue("Retry-After")).contains("1");
      held.complete(new KvAnswer.Written(1, 7, 1, false));
      assertThat(first.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(narrow.form("k", "SET|k|v").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoStillWaitsWhenTheDoorClosesIsLetGo() throws Exception {
    FakeKv slow = new FakeKv(1);
    slow.hold();
    WebServer server =
        WebServer.start(
            "127.0.0.1",
            0,
            slow,
            new ClusterName("test"),
            Door.LIMITS,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new FakeOperator(slow).door(),
            Duration.ofMillis(50));
    try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String body = "key=k&request=SET%7Ck%7Cv";
      String request =
          "POST /request HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n";
      caller.getOutputStream().write((request + body).getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> slow.seen.size() == 1);
      Thread waiting = slow.lastThread;
      server.close();
      assertThat(waiting).isNotNull();
      assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  /** One caller sends its body in pieces, the next one sends two requests at once. */
  @Test
  void howTheBytesArriveMakesNoDifference() throws Exception {
    String body = "key=k&request=SET%7Ck%7Cv";
    String head = "POST /request HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n";
    String last = head + "Connection: close\r\n\r\n";
    assertThat(DOOR.raw(head + "\r\n" + body + last + body).split("HTTP/1.1 200", -1)).hasSize(3);
    try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), DOOR.server.port())) {
      caller.setSoTimeout(10_000);
      for (byte b : (last + body).getBytes(StandardCharsets.US_ASCII)) {
        caller.getOutputStream().write(b);
        caller.getOutputStream().flush();
      }
      String answer = new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 200").endsWith(OK);
    }
  }

  @Test
  void aBodyThatEndsTooEarlyIsMalformedAndCounted() throws Exception {
    try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), DOOR.server.port())) {
      caller.setSoTimeout(10_000);
      String half = "POST /request HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nkey=k";
      caller.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      caller.shutdownOutput();
      String answer = new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .contains("Connection: close")
          .contains("\"detail\":\"the request is malformed\"");
    }
    assertThat(KV.seen).isEmpty();
    assertThat(DOOR.call("GET", "/metrics", "").body())
        .containsPattern("flotilla_balancer_refused_total\\{status=\"400\"} [1-9]");
  }

  /** What is not spelled plainly goes the long way, to the same end. */
  @Test
  void otherSpellingsOfThePathAnswerTheSame() {
    for (String path : new String[] {"/request?a=b", "/request;a=b", "/r%65quest"}) {
      HttpResponse<String> plain = DOOR.call("POST", "/request", "key=k&request=GET%7Ck%7C");
      HttpResponse<String> other = DOOR.call("POST", path, "key=k&request=GET%7Ck%7C");
      assertThat(other.body()).isEqualTo(plain.body());
      assertThat(other.statusCode()).isEqualTo(200);
      assertThat(other.headers().map().keySet()).isEqualTo(plain.headers().map().keySet());
    }
  }

  private static String ok(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return response.body();
  }

  private static void assertRefused(
      HttpResponse<String> response, int status, String code, String message) {
    assertError(response, status, code, "not_applied", message);
  }

  private static void assertError(
      HttpResponse<String> response, int status, String code, String outcome, String message) {
    assertThat(response.body())
        .isEqualTo(
            "{\"response\":\"\",\"error_code\":\""
                + code
                + "\",\"outcome\":\""
                + outcome
                + "\",\"message\":\""
                + message
                + "\"}");
    assertThat(response.statusCode()).isEqualTo(status);
  }
}
