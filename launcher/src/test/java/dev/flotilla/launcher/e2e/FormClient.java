package dev.flotilla.launcher.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Form posts to the balancer, as {@code curl -d} sends them. */
final class FormClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final URI uri;

  FormClient(String balancer) {
    uri = URI.create("http://" + balancer + "/request");
  }

  /** A whole answer. */
  record Answer(int status, String body, String group, long term) {
    boolean isSuccess() {
      return status == 200 && body.contains("\"error_code\":\"SUCCESS\"");
    }
  }

  Answer set(String key, String value) throws IOException {
    return send(key, "SET|" + key + "|" + value);
  }

  Answer get(String key) throws IOException {
    return send(key, "GET|" + key + "|");
  }

  Answer delete(String key) throws IOException {
    return send(key, "DELETE|" + key + "|");
  }

  private Answer send(String key, String request) throws IOException {
    String body = "key=" + encode(key) + "&request=" + encode(request);
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("X-Flotilla-Group").orElse(""),
          response.headers().firstValueAsLong("X-Flotilla-Term").orElse(0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
