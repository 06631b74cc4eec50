package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The balancer's REST door as the data commands use it. Never tries a request twice: whether that
 * is safe is for the person at the terminal, who is told the outcome.
 */
public final class KvClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** More than this of an error's text is of no use to anybody. */
  private static final int MOST_ERROR_BYTES = 64 << 10;

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
   * @param expiresIn how long a key that was read still lives, as in 29500ms; empty = for ever
   */
  public record Answer(int status, byte[] body, String revision, String group, String expiresIn) {}

  /**
   * @throws Failure with exit code 3 when the key is absent
   */
  public Answer get(String key, String consistency) {
    String query = consistency.isEmpty() ? "" : "?consistency=" + consistency;
    return send(key, HttpRequest.newBuilder(uri(key, query)).GET());
  }

  /** The value and its revision, for a write that depends on them; empty when the key is absent. */
  public Optional<Answer> find(String key) {
    return unless(ExitCode.NOT_FOUND, () -> get(key, ""));
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

  /** The same; empty when the conditions did not hold, and nothing happened. */
  public Optional<Answer> putIf(
      String key, byte[] value, String ttl, Map<String, String> conditions) {
    return unless(ExitCode.COMPARE_FAILED, () -> put(key, value, ttl, conditions));
  }

  private static Optional<Answer> unless(int exitCode, Supplier<Answer> call) {
    try {
      return Optional.of(call.get());
    } catch (Failure e) {
      if (e.exitCode() == exitCode) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public Answer delete(String key, Map<String, String> conditions) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(key, "")).DELETE();
    conditions.forEach(request::header);
    return send(key, request);
  }

  /**
   * One page of the keys that begin with the prefix. It may hold fewer than asked for.
   *
   * @param limit 1 to 1,000
   * @param cursor of the page before; null = from the start
   */
  public KeyPage scan(String prefix, int limit, @Nullable String cursor) {
    StringBuilder query = new StringBuilder("?limit=").append(limit);
    if (!prefix.isEmpty()) {
      query.append("&prefix=").append(URLEncoder.encode(prefix, StandardCharsets.UTF_8));
    }
    if (cursor != null) {
      query.append("&cursor=").append(URLEncoder.encode(cursor, StandardCharsets.UTF_8));
    }
    URI uri = URI.create(balancer + "/v1/kv" + query);
    return KeyPage.read(send("", HttpRequest.newBuilder(uri).GET()).body());
  }

  /**
   * Sends a batch and hands over its results as they arrive.
   *
   * @param document as {@code POST /v1/kv:batch} takes it
   * @param results told one for each operation, in their order
   * @return why the balancer refused the batch as a whole, with nothing of it done; empty when it
   *     was carried out
   */
  public Optional<BatchResult> batch(byte[] document, Consumer<BatchResult> results) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(balancer + "/v1/kv:batch"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(document));
    HttpResponse<InputStream> response =
        exchange(request, HttpResponse.BodyHandlers.ofInputStream());
    int status = response.statusCode();
    try (InputStream body = new TimedInput(response.body(), timeout)) {
      if (status == 200) {
        BatchResult.readAll(body, results);
        return Optional.empty();
      }
      String problem = new String(body.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
      if (status == 400 || status == 413) {
        return Optional.of(refusal(status, problem));
      }
      throw failure("", status, problem);
    } catch (HttpTimeoutException e) {
      throw tooLate(false, e);
    } catch (IOException e) {
      throw broken(false, e);
    }
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
    HttpResponse<byte[]> response = exchange(request, HttpResponse.BodyHandlers.ofByteArray());
    int status = response.statusCode();
    if (status / 100 == 2) {
      return new Answer(
          status,
          response.body(),
          header(response, "ETag").replace("\"", ""),
          header(response, "X-Flotilla-Group"),
          header(response, "X-Flotilla-Expires-In"));
    }
    throw failure(key, status, new String(response.body(), StandardCharsets.UTF_8));
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder builder, HttpResponse.BodyHandler<T> handler) {
    HttpRequest request = builder.timeout(timeout).build();
    boolean reads = request.method().equals("GET");
    try {
      return http.send(request, handler);
    } catch (HttpTimeoutException e) {
      throw tooLate(reads, e);
    } catch (ConnectException e) {
      throw new Failure(
          ExitCode.FAILED,
          "No balancer listens at " + balancer + ".",
          "Start a cluster with: flotilla up (or name the balancer with --balancer).",
          e);
    } catch (IOException e) {
      throw broken(reads, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "Interrupted.", "", e);
    }
  }

  /**
   * @param reads a read has no effect that could be unknown
   */
  private Failure tooLate(boolean reads, HttpTimeoutException e) {
    return new Failure(
        ExitCode.NO_QUORUM,
        "No answer within "
            + timeout.toMillis()
            + " ms"
            + (reads ? "." : "; whether it took effect is unknown."),
        "See flotilla status; a longer --timeout may help.",
        e);
  }

  private Failure broken(boolean reads, IOException e) {
    return new Failure(
        ExitCode.FAILED,
        "The connection to "
            + balancer
            + " broke"
            + (reads ? ": " : "; whether the request took effect is unknown: ")
            + e.getMessage(),
        reads ? "Try again." : "Read the key to find out, then try again.",
        e);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static BatchResult refusal(int status, String body) {
    Optional<JsonNode> problem = parse(body);
    return BatchResult.refused(
        status,
        problem.map(document -> document.path("code").asString("")).orElse(""),
        problem
            .map(document -> document.path("detail").asString(""))
            .filter(text -> !text.isBlank())
            .orElse("the balancer answered HTTP " + status));
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
    String suffix = effect(outcome);
    if (key.isEmpty() && status == 404) {
      return new Failure(
          ExitCode.FAILED,
          "The server does not know this request (HTTP 404).",
          "Is it a balancer of this version? See --balancer.");
    }
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

  /** What became of a request that failed, in words; begins with a space, if not empty. */
  static String effect(String outcome) {
    return switch (outcome) {
      case "unknown" -> " Whether it took effect is unknown.";
      case "not_applied" -> " It had no effect.";
      default -> "";
    };
  }

  static String sentence(String text) {
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
