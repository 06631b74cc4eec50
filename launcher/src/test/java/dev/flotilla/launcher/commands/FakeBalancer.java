package dev.flotilla.launcher.commands;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A balancer over a map in memory, which answers otherwise when it is told to. */
final class FakeBalancer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Keys and values are text; the revision counts all writes. */
  record Value(String text, long revision, String expiresIn) {}

  /** Something to answer instead. */
  private record Scripted(String method, int status, String body) {}

  final Map<String, Value> values = new TreeMap<>();

  /** Method, path and query of each request. */
  final List<String> requests = new ArrayList<>();

  /** The bodies of the batches. */
  final List<String> batches = new ArrayList<>();

  /** Done before the next PUTs, one each: what others do in between. */
  final Deque<Runnable> beforePut = new ArrayDeque<>();

  /** Fewer keys a page than are asked for. */
  int pageKeys = 1_000;

  /** A larger value in a batch makes it refused as a whole. */
  int mostValueChars = 100;

  boolean ready = true;

  private final Deque<Scripted> scripted = new ArrayDeque<>();
  private final HttpServer server;
  private long revision;

  FakeBalancer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url() {
    return "http://" + address();
  }

  void put(String key, String text) {
    put(key, text, "");
  }

  void put(String key, String text, String expiresIn) {
    revision++;
    values.put(key, new Value(text, revision, expiresIn));
  }

  String text(String key) {
    return values.get(key).text();
  }

  /** The next request of this method is answered so, and does nothing. */
  void answerNext(String method, int status, String body) {
    scripted.add(new Scripted(method, status, body));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    requests.add(method + " " + exchange.getRequestURI());
    Scripted next = scripted.peek();
    if (next != null && next.method().equals(method)) {
      scripted.remove();
      answer(exchange, next.status(), next.body());
    } else if (path.equals("/readyz")) {
      answer(exchange, ready ? 200 : 503, "");
    } else if (path.equals("/v1/kv")) {
      answer(exchange, 200, list(exchange));
    } else if (path.equals("/v1/kv:batch")) {
      batch(exchange, body);
    } else {
      String key = decode(path.substring("/v1/kv/".length()));
      if (method.equals("PUT")) {
        putKey(exchange, key, body);
      } else {
        getKey(exchange, key);
      }
    }
  }

  private void getKey(HttpExchange exchange, String key) throws IOException {
    Value value = values.get(key);
    if (value == null) {
      answer(exchange, 404, "");
      return;
    }
    tag(exchange, value);
    if (!value.expiresIn().isEmpty()) {
      exchange.getResponseHeaders().set("X-Flotilla-Expires-In", value.expiresIn());
    }
    answer(exchange, 200, value.text());
  }

  private void putKey(HttpExchange exchange, String key, String body) throws IOException {
    Runnable before = beforePut.poll();
    if (before != null) {
      before.run();
    }
    Value value = values.get(key);
    String match = exchange.getRequestHeaders().getFirst("If-Match");
    boolean absent = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
    boolean matches =
        match == null || (value != null && match.equals("\"" + value.revision() + "\""));
    if (!matches || (absent && value != null)) {
      answer(exchange, 412, "{\"code\":\"PRECONDITION_FAILED\",\"outcome\":\"not_applied\"}");
      return;
    }
    put(key, body);
    tag(exchange, values.get(key));
    answer(exchange, value == null ? 201 : 200, "");
  }

  private static void tag(HttpExchange exchange, Value value) {
    exchange.getResponseHeaders().set("ETag", "\"" + value.revision() + "\"");
    exchange.getResponseHeaders().set("X-Flotilla-Group", "g1");
  }

  /** The cursor is the last key of the page before. */
  private String list(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    for (String pair : exchange.getRequestURI().getRawQuery().split("&")) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
    }
    int limit = Math.min(pageKeys, Integer.parseInt(query.get("limit")));
    String from = query.getOrDefault("cursor", "");
    List<String> keys =
        values.keySet().stream()
            .filter(key -> key.startsWith(query.getOrDefault("prefix", "")))
            .filter(key -> from.isEmpty() || key.compareTo(from) > 0)
            .toList();
    List<Map<String, Object>> page = new ArrayList<>();
    for (String key : keys.subList(0, Math.min(limit, keys.size()))) {
      Value value = values.get(key);
      Map<String, Object> entry = new HashMap<>();
      entry.put("key", key);
      entry.put("revision", value.revision());
      entry.put("size", value.text().length());
      if (!value.expiresIn().isEmpty()) {
        entry.put("expires_at_millis", 1_000L);
      }
      page.add(entry);
    }
    Map<String, Object> document = new HashMap<>();
    document.put("keys", page);
    document.put("cursor", page.size() == keys.size() ? null : page.getLast().get("key"));
    return JSON.writeValueAsString(document);
  }

  private void batch(HttpExchange exchange, String body) throws IOException {
    batches.add(body);
    JsonNode operations = JSON.readTree(body).path("ops");
    for (JsonNode operation : operations) {
      if (operation.path("value").asString("").length() > mostValueChars) {
        answer(exchange, 413, "{\"code\":\"TOO_LARGE\",\"detail\":\"The value is too large\"}");
        return;
      }
    }
    List<Map<String, Object>> results = new ArrayList<>();
    for (JsonNode operation : operations) {
      results.add(result(operation));
    }
    answer(exchange, 200, JSON.writeValueAsString(Map.of("results", results)));
  }

  private Map<String, Object> result(JsonNode operation) {
    String key = operation.path("key").asString("");
    Value value = values.get(key);
    Map<String, Object> result = new HashMap<>(Map.of("outcome", "applied", "group", "g1"));
    switch (operation.path("op").asString("")) {
      case "put" -> {
        if (operation.path("if_absent").asBoolean(false) && value != null) {
          result.put("status", 412);
          result.put("outcome", "not_applied");
          result.put("code", "PRECONDITION_FAILED");
          result.put("detail", "The key's revision is " + value.revision());
        } else {
          put(key, operation.path("value").asString(""));
          result.put("status", value == null ? 201 : 200);
          result.put("revision", values.get(key).revision());
        }
      }
      case "get" -> {
        result.put("status", value == null ? 404 : 200);
        if (value != null) {
          result.put("revision", value.revision());
          result.put("value", value.text());
        }
      }
      default -> result.put("status", values.remove(key) == null ? 404 : 204);
    }
    return result;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
