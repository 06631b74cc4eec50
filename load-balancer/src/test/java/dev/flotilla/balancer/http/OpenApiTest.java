package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.Outcome;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * Holds the description true: what is served is described, what is described happens, and nothing
 * else does.
 */
final class OpenApiTest {
  private static final FakeKv KV = new FakeKv(3);
  private static final Door DOOR = new Door(KV, Door.LIMITS);
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "head");

  private final Set<String> happened = new TreeSet<>();

  @AfterAll
  static void close() {
    DOOR.close();
  }

  @Test
  void whatIsServedIsDescribedAndTheOtherWayRound() {
    Set<String> described = new TreeSet<>();
    for (String operation : statuses()) {
      described.add(operation.substring(0, operation.lastIndexOf(' ')));
    }
    assertThat(new TreeSet<>(DOOR.server.mappings())).isEqualTo(described);
  }

  @Test
  void everyDescribedStatusHappensAndNoOther() {
    forms();
    keys();
    lists();
    batches();
    operations();
    assertThat(happened).isEqualTo(statuses());
  }

  private void forms() {
    KV.reset();
    form("key=k&request=SET%7Ck%7Cv");
    form("key=k");
    form("key=" + "k".repeat(5_000) + "&request=GET%7C" + "k".repeat(5_000) + "%7C");
    failing(() -> form("key=k&request=GET%7Ck%7C"));
    failWith(FailureCode.SESSION_EXPIRED, () -> form("key=k&request=SET%7Ck%7Cv"));
  }

  private void keys() {
    KV.reset();
    String long_ = "/v1/kv/" + "k".repeat(5_000);
    kv("PUT", "/v1/kv/k");
    kv("PUT", "/v1/kv/k");
    kv("PUT", "/v1/kv/k", "If-None-Match", "*");
    for (String method : new String[] {"PUT", "GET", "HEAD", "DELETE"}) {
      kv(method, "/v1/kv/k?nonsense=1");
      kv(method, long_);
      failing(() -> kv(method, "/v1/kv/k"));
    }
    kv("GET", "/v1/kv/k");
    kv("HEAD", "/v1/kv/k");
    kv("DELETE", "/v1/kv/k", "If-Match", "\"0\"");
    kv("DELETE", "/v1/kv/k");
    kv("DELETE", "/v1/kv/k");
    kv("GET", "/v1/kv/k");
    kv("HEAD", "/v1/kv/k");
    failWith(FailureCode.SESSION_EXPIRED, () -> kv("PUT", "/v1/kv/k"));
    failWith(FailureCode.SESSION_EXPIRED, () -> kv("DELETE", "/v1/kv/k"));
  }

  private void lists() {
    KV.reset();
    list("");
    list("?limit=0");
    list("?prefix=" + "k".repeat(5_000));
    failing(() -> list(""));
  }

  private void batches() {
    KV.reset();
    batch("{\"ops\":[]}", Answers.JSON);
    batch("{}", Answers.JSON);
    batch("{}", "text/plain");
    batch(" ".repeat((1 << 20) + 1), Answers.JSON);
    FakeKv other = new FakeKv(1);
    HttpLimits narrow = new HttpLimits(64, 64, 1_000, 1, 16 << 20, java.time.Duration.ofSeconds(5));
    try (Door door = new Door(other, narrow)) {
      String two = "{\"ops\":[{\"op\":\"get\",\"key\":\"a\"},{\"op\":\"get\",\"key\":\"b\"}]}";
      note(
          "post /v1/kv:batch",
          door.call("POST", "/v1/kv:batch", two, "Content-Type", Answers.JSON));
    }
  }

  private void operations() {
    KV.reset();
    health();
    records();
    buttons();
    dashboard();
    KV.reset();
    note("get /livez", DOOR.call("GET", "/livez", ""));
    note("get /readyz", DOOR.call("GET", "/readyz", ""));
    KV.loseLeader(2);
    note("get /readyz", DOOR.call("GET", "/readyz", ""));
    note("get /api/status", DOOR.call("GET", "/api/status", ""));
    note("get /metrics", DOOR.call("GET", "/metrics", ""));
    note("get /openapi.yaml", DOOR.call("GET", "/openapi.yaml", ""));
  }

  private void health() {
    note("post /api/health", post("/api/health", ""));
    failWith(FailureCode.NO_LEADER, () -> note("post /api/health", post("/api/health", "")));
    HttpLimits narrow = new HttpLimits(64, 64, 1_000, 1, 16 << 20, java.time.Duration.ofSeconds(5));
    try (Door door = new Door(new FakeKv(3), narrow)) {
      note("post /api/health", door.call("POST", "/api/health", "", "Content-Type", Answers.JSON));
    }
  }

  private void records() {
    String body = "{\"data\":\"d\"}";
    note("post /api/write", post("/api/write", body));
    note("post /api/write", post("/api/write", "{}"));
    note("post /api/write", post("/api/write", " ".repeat((1 << 20) + 1)));
    failing(() -> note("post /api/write", post("/api/write", body)));
    failWith(FailureCode.SESSION_EXPIRED, () -> note("post /api/write", post("/api/write", body)));
  }

  private void buttons() {
    for (String path : new String[] {"/api/step-down", "/api/chaos"}) {
      String operation = "post " + path;
      boolean chaos = path.endsWith("chaos");
      String good = chaos ? "{\"action\":\"kill\",\"node\":\"n1\"}" : "{\"group\":\"g1\"}";
      note(operation, post(path, good));
      note(operation, post(path, "{}"));
      note(operation, post(path, " ".repeat(5_000)));
      note(operation, DOOR.call("POST", path, good, "Content-Type", "text/plain"));
      note(
          operation,
          DOOR.call(
              "POST", path, good, "Content-Type", Answers.JSON, "Origin", "http://evil.test"));
    }
    note("post /api/step-down", post("/api/step-down", "{\"group\":\"g9\"}"));
    KV.loseLeader(2);
    note("post /api/step-down", post("/api/step-down", "{\"group\":\"g2\"}"));
    DOOR.operator.handsOver = false;
    note("post /api/step-down", post("/api/step-down", "{\"group\":\"g1\"}"));
    note("post /api/chaos", post("/api/chaos", "{\"action\":\"kill\",\"node\":\"n99\"}"));
    try (Door harmless = Door.harmless(new FakeKv(1))) {
      note("post /api/chaos", harmless.call("POST", "/api/chaos", "{}"));
    }
  }

  private void dashboard() {
    note("get /api/ring", DOOR.call("GET", "/api/ring", ""));
    note("get /api/locate", DOOR.call("GET", "/api/locate?key=k", ""));
    note("get /api/locate", DOOR.call("GET", "/api/locate", ""));
    note("get /api/locate", DOOR.call("GET", "/api/locate?key=" + "k".repeat(5_000), ""));
    for (String path : new String[] {"/", "/ui/style.css", "/ui/vendor/LICENSE"}) {
      String operation =
          switch (path) {
            case "/" -> "get /";
            case "/ui/style.css" -> "get /ui/{file}";
            default -> "get /ui/vendor/{file}";
          };
      HttpResponse<String> page = DOOR.call("GET", path, "");
      note(operation, page);
      note(
          operation,
          DOOR.call(
              "GET", path, "", "If-None-Match", page.headers().firstValue("ETag").orElseThrow()));
    }
    note("get /ui/{file}", DOOR.call("GET", "/ui/none", ""));
    note("get /ui/vendor/{file}", DOOR.call("GET", "/ui/vendor/none", ""));
    // Its stream has no end of its own; that it begins is what OperatorApiTest reads.
    happened.add("get /api/events 200");
    DOOR.operator.close();
    note("get /api/events", DOOR.call("GET", "/api/events", ""));
  }

  private static HttpResponse<String> post(String path, String body) {
    return DOOR.call("POST", path, body, "Content-Type", Answers.JSON);
  }

  /** The failures that any operation on a group may meet. */
  private static void failing(Runnable call) {
    failWith(FailureCode.OVERLOADED, call);
    failWith(FailureCode.NO_LEADER, call);
    failWith(FailureCode.TIMEOUT, call);
    KV.answerAgain();
  }

  private static void failWith(FailureCode code, Runnable call) {
    KV.failWith(code, code == FailureCode.TIMEOUT ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
    call.run();
    KV.answerAgain();
  }

  private void form(String body) {
    note("post /request", DOOR.formBody(body));
  }

  private void kv(String method, String path, String... headers) {
    note(
        method.toLowerCase(java.util.Locale.ROOT) + " /v1/kv/{key}",
        DOOR.call(method, path, "", headers));
  }

  private void list(String query) {
    note("get /v1/kv", DOOR.call("GET", "/v1/kv" + query, ""));
  }

  private void batch(String body, String type) {
    note("post /v1/kv:batch", DOOR.call("POST", "/v1/kv:batch", body, "Content-Type", type));
  }

  private void note(String operation, HttpResponse<String> response) {
    happened.add(operation + " " + response.statusCode());
  }

  /** {@code method path status} of everything in the document, as it is served. */
  @SuppressWarnings("unchecked")
  private static Set<String> statuses() {
    Map<String, Object> document = new Yaml().load(DOOR.call("GET", "/openapi.yaml", "").body());
    Set<String> statuses = new TreeSet<>();
    Map<String, Map<String, Object>> paths =
        (Map<String, Map<String, Object>>) document.get("paths");
    paths.forEach((path, item) ->
        item.forEach((method, operation) -> {
          if (METHODS.contains(method)) {
            Map<String, Object> responses =
                (Map<String, Object>) ((Map<String, Object>) operation).get("responses");
            responses.keySet().stream()
                .filter(status -> !status.equals("default"))
                .forEach(status -> statuses.add(method + " " + path + " " + status));
          }
        }));
    return statuses;
  }
}
