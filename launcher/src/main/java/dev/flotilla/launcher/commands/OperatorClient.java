package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator asks of a balancer or a node over HTTP: small JSON documents both ways. */
final class OperatorClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI server;
  private final Duration timeout;

  OperatorClient(URI server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /** An answer, whatever its status. */
  record Answer(int status, JsonNode document) {
    boolean isOk() {
      return status / 100 == 2;
    }

    /** What a problem document says, or the status. */
    String detail() {
      return document.path("detail").asString("the answer was HTTP " + status);
    }
  }

  /**
   * @throws Failure when nobody listens or answers in time
   */
  Answer post(String path, Map<String, String> body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build()) {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (HttpTimeoutException e) {
      throw new Failure(
          ExitCode.NO_QUORUM,
          "No answer from " + server + " within " + timeout.toMillis() + " ms.",
          "See flotilla status.",
          e);
    } catch (ConnectException e) {
      throw new Failure(
          ExitCode.FAILED,
          "Nobody listens at " + server + ".",
          "Start a cluster with: flotilla up (or name the balancer with --balancer).",
          e);
    } catch (IOException | JacksonException e) {
      throw new Failure(
          ExitCode.FAILED,
          server + " gave no answer that makes sense: " + e.getMessage(),
          "Check the address.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "Interrupted.", "", e);
    }
  }
}
