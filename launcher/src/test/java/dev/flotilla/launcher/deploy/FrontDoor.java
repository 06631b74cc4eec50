package dev.flotilla.launcher.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * Writes through the balancer and remembers what was acknowledged. A write without a success is
 * repeated, with the same value, until it has one.
 */
final class FrontDoor implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final Supplier<String> address;
  private final Map<String, String> acknowledged = new TreeMap<>();

  /**
   * @param address host:port, asked for with each request: a container that starts again is
   *     published on another port
   */
  FrontDoor(Supplier<String> address) {
    this.address = address;
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + address.get() + path))
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Waits until every group has a leader that answers. */
  void awaitReady() {
    Awaitility.await("the balancer is ready")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> send("GET", "/readyz", "").statusCode() == 200);
  }

  /** Writes so many keys nobody wrote before, and waits until all are acknowledged. */
  void writeMore(int keys) {
    for (int i = 0; i < keys; i++) {
      String key = "key-" + acknowledged.size();
      String value = "value of " + key;
      Awaitility.await("an acknowledged write of " + key)
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(100))
          .ignoreExceptions()
          .until(() -> send("PUT", "/v1/kv/" + key, value).statusCode() / 100 == 2);
      acknowledged.put(key, value);
    }
  }

  /**
   * Reads every acknowledged write back.
   *
   * @return what was found in its place, by key; empty when nothing is missing
   */
  Map<String, String> missing() {
    Map<String, String> missing = new TreeMap<>();
    acknowledged.forEach((key, value) -> {
      HttpResponse<String> found =
          Awaitility.await("an answer about " + key)
              .atMost(PATIENCE)
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(100))
              .ignoreExceptions()
              .until(() -> send("GET", "/v1/kv/" + key, ""), FrontDoor::isAnswer);
      if (found.statusCode() != 200 || !found.body().equals(value)) {
        missing.put(key, found.statusCode() + " " + found.body());
      }
    });
    return missing;
  }

  /** The key's value, or that there is none. Not: try again. */
  private static boolean isAnswer(HttpResponse<String> response) {
    return response.statusCode() == 200 || response.statusCode() == 404;
  }

  int acknowledged() {
    return acknowledged.size();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
