package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The balancer's REST door as the data commands use it. Never tries a request twice: whether that
 * is safe is for the person at the terminal, who is told the outcome.
 */
public final class KvClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http;
  private final URI balancer;
  private final Duration timeout;

  public KvClient(URI balancer, Duration timeout) {
    this.balancer = balancer;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * A successful answer.
   *
   * @param revision of the key after the call; empty when the answer names none
   */
  public record Answer(int status, byte[] body, String revision, String group) {}

  /**
   * @throws Failure with exit code 3 when the key is absent
   */
  public Answer get(String key, String consistency) {
    String query = consistency.isEmpty() ? "" : "?consistency=" + consistency;
    return send(key, HttpRequest.newBuilder(uri(key, query)).GET());
  }

  /**
   * @param ttl as in 30s; empty for none
   * @param conditions HTTP headers
   */
  public Answer put(String key, byte[] value, String ttl, Map<String, String> conditions) {
    String query = ttl.isEmpty() ? "" : "?ttl=" + URLEncoder.encode(ttl, StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(key, query))
            .header("Content-Type", "application/octet-stream")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(value));
    conditions.forEach(request::header);
    return send(key, request);
  }

  public Answer delete(String key, Map<String, String> conditions) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(key, "")).DELETE();
    conditions.forEach(request::header);
    return send(key, request);
  }

  /** The body of {@code GET /api/status}. */
  public String status() {
    Answer answer = send("", HttpRequest.newBuilder(URI.create(balancer + "/api/status")).GET());
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private URI uri(String key, String query) {
    if (key.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "The key is empty.", "");
    }
    String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    // A path of dots alone would be resolved away before it is sent.
    return URI.create(balancer + "/v1/kv/" + encoded.replace(".", "%2E") + query);
  }

  private Answer send(String key, HttpRequest.Builder request) {
    HttpResponse<byte[]> response;
    try {
      response =
          http.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw new Failure(
          ExitCode.NO_QUORUM,
          "No answer within " + timeout.toMillis() + " ms; whether it took effect is unknown.",
          "See flotilla status; a longer --timeout may help.",
          e);
    } catch (ConnectException e) {
      throw new Failure(
          ExitCode.FAILED,
          "No balancer listens at " + balancer + ".",
          "Start a cluster with: flotilla up (or name the balancer with --balancer).",
          e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED,
          "The connection to "
              + balancer
              + " broke; whether the request took effect is unknown: "
              + e.getMessage(),
          "Read the key to find out, then try again.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "Interrupted.", "", e);
    }
    int status = response.statusCode();
    if (status / 100 == 2) {
      return new Answer(
          status,
          response.body(),
          header(response, "ETag").replace("\"", ""),
          header(response, "X-Flotilla-Group"));
    }
    throw failure(key, status, new String(response.body(), StandardCharsets.UTF_8));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The problem document as words and exit code. */
  private static Failure failure(String key, int status, String body) {
    Optional<JsonNode> problem = parse(body);
    String code = problem.map(document -> document.path("code").asString("")).orElse("");
    String detail =
        problem
            .map(document -> document.path("detail").asString(document.path("title").asString("")))
            .filter(text -> !text.isBlank())
            .orElse("the balancer answered HTTP " + status);
    String outcome = problem.map(document -> document.path("outcome").asString("")).orElse("");
    String suffix =
        switch (outcome) {
          case "unknown" -> " Whether it took effect is unknown.";
          case "not_applied" -> " It had no effect.";
          default -> "";
        };
    return switch (status) {
      case 404 -> new Failure(ExitCode.NOT_FOUND, "There is no key " + key + ".", "");
      case 412 ->
          new Failure(
              ExitCode.COMPARE_FAILED,
              "The condition does not hold; " + key + " was left as it is.",
              "Read it again for its present revision: flotilla get -o json " + key);
      case 503, 504 ->
          new Failure(
              ExitCode.NO_QUORUM,
              sentence(detail) + suffix,
              "See flotilla status: the key's group may have too few nodes running.");
      case 429 ->
          new Failure(
              ExitCode.FAILED,
              sentence(detail) + suffix,
              "The cluster is overloaded; try again in a moment.");
      default ->
          new Failure(
              ExitCode.FAILED,
              sentence(detail) + (code.isEmpty() ? "" : " (" + code + ")") + suffix,
              "");
    };
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  private static Optional<JsonNode> parse(String body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
