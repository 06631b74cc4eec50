package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Outcome;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST API over a real port. */
final class KvApiTest {
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
  void putSaysWhetherTheKeyIsNew() {
    HttpResponse<String> created = DOOR.call("PUT", "/v1/kv/k", "one");
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body()).isEmpty();
    String etag = header(created, "ETag");
    assertThat(etag).matches("\"\\d+\"");
    assertThat('"' + header(created, "X-Flotilla-Revision") + '"').isEqualTo(etag);
    HttpResponse<String> replaced = DOOR.call("PUT", "/v1/kv/k", "two");
    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(header(replaced, "ETag")).isNotEqualTo(etag);
    assertThat(DOOR.call("GET", "/v1/kv/k", "").body()).isEqualTo("two");
  }

  @Test
  void valuesAreAnyBytes() {
    byte[] bytes = new byte[1 << 20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    assertThat(DOOR.callBytes("PUT", "/v1/kv/blob", bytes).statusCode()).isEqualTo(201);
    HttpResponse<byte[]> read = DOOR.callBytes("GET", "/v1/kv/blob", new byte[0]);
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).isEqualTo(bytes);
    assertThat(read.headers().firstValue("Content-Type")).contains("application/octet-stream");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b/c",
        "a%2Fb",
        "a/../b",
        "../../etc/passwd",
        "a//b/./c",
        "%2e%2e/x",
        "a;v=1;w",
        "%00",
        "%5Cback%5Cslash",
        "%FF%FE",
        "%C3%A4",
        "a+b%20c",
        "100%25",
        "key%3Fquery%23fragment",
        "/leading",
        "trailing/"
      })
  void keysAreAnyBytesWhateverAPathMakesOfThem(String encoded) {
    assertThat(DOOR.call("PUT", "/v1/kv/" + encoded, encoded).statusCode()).isEqualTo(201);
    byte[] raw = encoded.getBytes(StandardCharsets.US_ASCII);
    byte[] key = PercentCoding.decode(raw, 0, raw.length, false);
    assertThat(KV.seen.getLast())
        .isInstanceOfSatisfying(KvRequest.Put.class, put -> assertThat(put.key()).isEqualTo(key));
    assertThat(DOOR.call("GET", "/v1/kv/" + encoded, "").body()).isEqualTo(encoded);
    assertThat(DOOR.call("DELETE", "/v1/kv/" + encoded, "").statusCode()).isEqualTo(204);
  }

  @Test
  void headTellsEverythingButTheValue() {
    DOOR.call("PUT", "/v1/kv/k?ttl=30s", "value");
    HttpResponse<String> head = DOOR.call("HEAD", "/v1/kv/k", "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "ETag")).matches("\"\\d+\"");
    assertThat(header(head, "X-Flotilla-Expires-In")).isEqualTo("30000ms");
    assertThat(KV.seen.getLast())
        .isInstanceOfSatisfying(KvRequest.Get.class, get -> assertThat(get.omitValue()).isTrue());
    assertThat(DOOR.call("HEAD", "/v1/kv/absent", "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatIsAbsentIsNotFound() {
    assertProblem(
        DOOR.call("GET", "/v1/kv/absent", ""),
        404,
        "NOT_FOUND",
        "applied",
        false,
        "the key is absent");
    assertProblem(
        DOOR.call("DELETE", "/v1/kv/absent", ""),
        404,
        "NOT_FOUND",
        "applied",
        false,
        "the key is absent");
    DOOR.call("PUT", "/v1/kv/k", "v");
    HttpResponse<String> deleted = DOOR.call("DELETE", "/v1/kv/k", "");
    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
  }

  @Test
  void compareAndSetWorksByEtag() {
    String etag = header(DOOR.call("PUT", "/v1/kv/k", "1"), "ETag");
    HttpResponse<String> second = DOOR.call("PUT", "/v1/kv/k", "2", "If-Match", etag);
    assertThat(second.statusCode()).isEqualTo(200);
    HttpResponse<String> stale = DOOR.call("PUT", "/v1/kv/k", "3", "If-Match", etag);
    String revision = header(second, "X-Flotilla-Revision");
    assertProblem(
        stale,
        412,
        "PRECONDITION_FAILED",
        "not_applied",
        false,
        "the key's revision is " + revision);
    assertThat(header(stale, "X-Flotilla-Revision")).isEqualTo(revision);
    assertThat(DOOR.call("DELETE", "/v1/kv/k", "", "If-Match", etag).statusCode()).isEqualTo(412);
    assertThat(DOOR.call("DELETE", "/v1/kv/k", "", "If-Match", header(second, "ETag")).statusCode())
        .isEqualTo(204);
    assertThat(DOOR.call("PUT", "/v1/kv/k", "4", "If-Match", "*").statusCode()).isEqualTo(412);
    assertThat(DOOR.call("PUT", "/v1/kv/k", "4", "If-Match", "\"abc\"").statusCode())
        .isEqualTo(412);
  }

  @Test
  void createOnlyWorksByIfNoneMatch() {
    assertThat(DOOR.call("PUT", "/v1/kv/k", "1", "If-None-Match", "*").statusCode()).isEqualTo(201);
    assertThat(DOOR.call("PUT", "/v1/kv/k", "2", "If-None-Match", "*").statusCode()).isEqualTo(412);
    assertThat(DOOR.call("GET", "/v1/kv/k", "").body()).isEqualTo("1");
  }

  @Test
  void conditionsThatMakeNoSenseAreRefused() {
    assertBad(DOOR.call("PUT", "/v1/kv/k", "1", "If-Match", "5"));
    assertBad(DOOR.call("PUT", "/v1/kv/k", "1", "If-Match", "\"1\", \"2\""));
    assertBad(DOOR.call("PUT", "/v1/kv/k", "1", "If-None-Match", "\"1\""));
    assertBad(DOOR.call("PUT", "/v1/kv/k", "1", "If-Match", "*", "If-None-Match", "*"));
    assertBad(DOOR.call("DELETE", "/v1/kv/k", "", "If-None-Match", "*"));
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void timesToLiveComeWithAUnit() {
    long[] millis = {500, 30_000, 300_000, 7_200_000, 604_800_000};
    String[] texts = {"500ms", "30s", "5m", "2h", "7d"};
    for (int i = 0; i < texts.length; i++) {
      DOOR.call("PUT", "/v1/kv/k?ttl=" + texts[i], "v");
      long expected = millis[i];
      assertThat(KV.seen.getLast())
          .isInstanceOfSatisfying(
              KvRequest.Put.class, put -> assertThat(put.ttlMillis()).isEqualTo(expected));
    }
    for (String wrong : List.of("30", "s", "-1s", "0s", "1.5s", "30S", "99999999999999999s", "")) {
      assertBad(DOOR.call("PUT", "/v1/kv/k?ttl=" + wrong, "v"));
    }
  }

  @Test
  void weakerReadsAreToBeAskedForByName() {
    DOOR.call("GET", "/v1/kv/k", "");
    assertConsistency(Consistency.LINEARIZABLE);
    DOOR.call("GET", "/v1/kv/k?consistency=linearizable", "");
    assertConsistency(Consistency.LINEARIZABLE);
    DOOR.call("GET", "/v1/kv/k?consistency=lease", "");
    assertConsistency(Consistency.LEASE);
    DOOR.call("GET", "/v1/kv/k?consistency=stale", "");
    assertConsistency(Consistency.STALE);
    assertBad(DOOR.call("GET", "/v1/kv/k?consistency=eventual", ""));
  }

  @Test
  void parametersThatWouldBeIgnoredAreRefused() {
    assertBad(DOOR.call("PUT", "/v1/kv/k?tll=30s", "v"));
    assertBad(DOOR.call("GET", "/v1/kv/k?ttl=30s", ""));
    assertBad(DOOR.call("PUT", "/v1/kv/k?ttl=30s&ttl=40s", "v"));
  }

  @Test
  void sizesAreBounded() {
    assertProblem(
        DOOR.call("PUT", "/v1/kv/" + "k".repeat(4_097), "v"),
        413,
        "TOO_LARGE",
        "not_applied",
        false,
        "the key has 4097 bytes, more than 4096");
    assertProblem(
        DOOR.call("PUT", "/v1/kv/k", "v".repeat((1 << 20) + 1)),
        413,
        "TOO_LARGE",
        "not_applied",
        false,
        "the body has more than 1048576 bytes");
    assertProblem(
        DOOR.call("GET", "/v1/kv/", ""),
        400,
        "BAD_REQUEST",
        "not_applied",
        false,
        "the key is empty");
    assertThat(DOOR.call("PUT", "/v1/kv/" + "%61".repeat(4_096), "v").statusCode()).isEqualTo(201);
  }

  @Test
  void failuresAreProblemDocuments() {
    KV.failWith(FailureCode.NO_LEADER, Outcome.NOT_APPLIED);
    HttpResponse<String> leaderless = DOOR.call("PUT", "/v1/kv/k", "v");
    assertThat(leaderless.body())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                + "\"detail\":\"it was asked to fail\",\"code\":\"NO_LEADER\","
                + "\"outcome\":\"not_applied\",\"retryable\":true,\"group\":\"g2\"}");
    assertThat(header(leaderless, "Retry-After")).isEqualTo("1");
    assertThat(header(leaderless, "X-Flotilla-Group")).isEqualTo("g2");
    KV.failWith(FailureCode.TIMEOUT, Outcome.UNKNOWN);
    assertProblem(
        DOOR.call("DELETE", "/v1/kv/k", ""),
        504,
        "TIMEOUT",
        "unknown",
        true,
        "it was asked to fail");
    KV.failWith(FailureCode.OVERLOADED, Outcome.NOT_APPLIED);
    assertThat(DOOR.call("GET", "/v1/kv/k", "").statusCode()).isEqualTo(429);
    assertThat(DOOR.call("HEAD", "/v1/kv/k", "").statusCode()).isEqualTo(429);
  }

  @Test
  void whatIsNotServedIsAProblemToo() {
    assertProblem(
        DOOR.call("GET", "/nowhere", ""),
        404,
        "NO_SUCH_PATH",
        "not_applied",
        false,
        "nothing is served here");
    HttpResponse<String> wrong = DOOR.call("PATCH", "/v1/kv/k", "v");
    assertProblem(
        wrong, 405, "METHOD_NOT_ALLOWED", "not_applied", false, "this path does not take PATCH");
    assertThat(header(wrong, "Allow")).contains("PUT").contains("DELETE");
    assertThat(DOOR.call("GET", "/request", "").statusCode()).isEqualTo(405);
    assertThat(DOOR.call("TRACE", "/v1/kv/k", "").statusCode()).isEqualTo(405);
    assertThat(DOOR.call("GET", "/error", "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatIsNoHttpIsAProblemWithoutAPage() {
    String answer = DOOR.raw("GET /v1/kv/a{b HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
    assertThat(answer).contains("\"code\":\"BAD_REQUEST\"").doesNotContain("<html");
    String escape = DOOR.raw("GET /../../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(escape).startsWith("HTTP/1.1 4").contains("application/problem+json");
    String large = DOOR.raw("GET / HTTP/1.1\r\nHost: x\r\nX-A: " + "a".repeat(40_000) + "\r\n\r\n");
    assertThat(large).startsWith("HTTP/1.1 4").doesNotContain("<html");
  }

  @Test
  void aConnectionServesAnyNumberOfRequests() {
    String request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    String last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    String answers = DOOR.raw(request.repeat(300) + last);
    assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(302);
  }

  @Test
  void listingWalksAllGroupsAndMeetsEveryKeyOnce() {
    Set<String> put = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      put.add("user/" + i);
      DOOR.call("PUT", "/v1/kv/user/" + i, "v" + i);
      DOOR.call("PUT", "/v1/kv/other/" + i, "v");
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      String body = DOOR.call("GET", "/v1/kv?prefix=user%2F&limit=7" + cursor, "").body();
      Matcher keys = Pattern.compile("\"key\":\"([^\"]*)\"").matcher(body);
      while (keys.find()) {
        listed.add(keys.group(1));
      }
      Matcher next = Pattern.compile("\"cursor\":\"([^\"]*)\"").matcher(body);
      cursor = next.find() ? "&cursor=" + next.group(1) : "";
      pages++;
    } while (!cursor.isEmpty() && pages < 100);
    assertThat(listed).hasSize(50).containsExactlyInAnyOrderElementsOf(put);
  }

  @Test
  void aListingIsExact() {
    assertThat(DOOR.call("GET", "/v1/kv", "").body()).isEqualTo("{\"keys\":[],\"cursor\":null}");
    String revision = header(DOOR.call("PUT", "/v1/kv/a%22b", "xyz"), "X-Flotilla-Revision");
    assertThat(DOOR.call("GET", "/v1/kv", "").body())
        .isEqualTo(
            "{\"keys\":[{\"key\":\"a\\\"b\",\"revision\":"
                + revision
                + ",\"size\":3}],\"cursor\":null}");
    DOOR.call("DELETE", "/v1/kv/a%22b", "");
    DOOR.call("PUT", "/v1/kv/%FF", "");
    assertThat(DOOR.call("GET", "/v1/kv", "").body()).contains("{\"key_base64\":\"/w==\",");
  }

  @Test
  void listingRefusesNonsense() {
    assertBad(DOOR.call("GET", "/v1/kv?limit=0", ""));
    assertBad(DOOR.call("GET", "/v1/kv?limit=1001", ""));
    assertBad(DOOR.call("GET", "/v1/kv?limit=many", ""));
    assertBad(DOOR.call("GET", "/v1/kv?cursor=made-up", ""));
    assertBad(DOOR.call("GET", "/v1/kv?cursor=AQAAAAkAAAA", ""));
    assertBad(DOOR.call("GET", "/v1/kv?sort=asc", ""));
  }

  private static void assertConsistency(Consistency wanted) {
    assertThat(KV.seen.getLast())
        .isInstanceOfSatisfying(
            KvRequest.Get.class, get -> assertThat(get.consistency()).isEqualTo(wanted));
  }

  private static void assertBad(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("\"code\":\"BAD_REQUEST\"");
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
  }

  private static void assertProblem(
      HttpResponse<String> response,
      int status,
      String code,
      String outcome,
      boolean retryable,
      String detail) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(response.body())
        .contains("\"status\":" + status)
        .contains("\"code\":\"" + code + "\"")
        .contains("\"outcome\":\"" + outcome + "\"")
        .contains("\"retryable\":" + retryable)
        .contains("\"detail\":\"" + detail + "\"");
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
