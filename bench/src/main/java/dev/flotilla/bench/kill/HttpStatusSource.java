package dev.flotilla.bench.kill;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks over HTTP: {@code GET /raft/status}. */
public final class HttpStatusSource implements StatusSource, AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http;
  private final Duration timeout;

  public HttpStatusSource(Duration timeout) {
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  @Override
  public Optional<NodeStatus> ask(RunningCluster.Node node) throws InterruptedException {
    URI uri = URI.create("http://" + node.http() + "/raft/status");
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(timeout).GET().build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200
          ? Optional.of(parse(JSON.readTree(response.body())))
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      // Down, or starting, or stopping: the caller asks again for as long as it has patience.
      return Optional.empty();
    }
  }

  private static NodeStatus parse(JsonNode document) {
    List<NodeStatus.Replica> replicas = new ArrayList<>();
    for (JsonNode replica : document.path("groups")) {
      replicas.add(
          new NodeStatus.Replica(
              replica.path("group").asString(""),
              replica.path("state").asString(""),
              replica.path("term").asLong(0),
              replica.path("commitIndex").asLong(0),
              replica.path("appliedIndex").asLong(0)));
    }
    return new NodeStatus(
        document.path("cluster").asString(""),
        document.path("node").asString(""),
        document.path("pid").asLong(0),
        List.copyOf(replicas));
  }

  @Override
  public void close() {
    http.close();
  }
}
