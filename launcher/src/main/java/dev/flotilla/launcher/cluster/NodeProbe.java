package dev.flotilla.launcher.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks nodes and balancers how they are, over HTTP. */
public final class NodeProbe implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http;
  private final Duration timeout;

  public NodeProbe(Duration timeout) {
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * Asks all at once.
   *
   * @param addresses host:port of the nodes' HTTP servers by name
   * @return in the order of the addresses
   */
  public List<NodeView> nodes(Map<String, String> addresses, boolean stateHash) {
    Map<String, CompletableFuture<NodeView>> asked = new LinkedHashMap<>();
    addresses.forEach((name, address) -> asked.put(name, node(name, address, stateHash)));
    List<NodeView> views = new ArrayList<>();
    asked.values().forEach(view -> views.add(view.join()));
    return views;
  }

  private CompletableFuture<NodeView> node(String name, String address, boolean stateHash) {
    URI uri = URI.create("http://" + address + "/raft/status?hash=" + stateHash);
    return http.sendAsync(request(uri), HttpResponse.BodyHandlers.ofString())
        .handle((response, failure) -> {
          if (failure != null) {
            return NodeView.silent(name, reason(failure));
          }
          if (response.statusCode() != 200) {
            return NodeView.silent(name, "answers HTTP " + response.statusCode());
          }
          try {
            return read(name, JSON.readTree(response.body()));
          } catch (JacksonException e) {
            return NodeView.silent(name, "answers something else than a node's status");
          }
        });
  }

  /** Whether {@code /readyz} answers 200. */
  public boolean isReady(String address) {
    try {
      return http.send(
                  request(URI.create("http://" + address + "/readyz")),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private HttpRequest request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(timeout).GET().build();
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof ConnectException) {
      return "down";
    }
    return cause instanceof HttpTimeoutException
        ? "does not answer"
        : "unreachable: " + cause.getMessage();
  }

  private static NodeView read(String name, JsonNode document) {
    List<NodeView.Replica> replicas = new ArrayList<>();
    for (JsonNode replica : document.path("groups")) {
      replicas.add(
          new NodeView.Replica(
              replica.path("group").asString(""),
              replica.path("state").asString(""),
              replica.path("standing").asString(""),
              replica.path("term").asLong(0),
              textOrNull(replica.path("leader")),
              replica.path("commitIndex").asLong(0),
              replica.path("appliedIndex").asLong(0),
              replica.path("lastLogIndex").asLong(0),
              texts(replica.path("voters")),
              texts(replica.path("learners")),
              replica.path("changing").asBoolean(false),
              textOrNull(replica.path("stateHash")),
              replica.path("snapshotsInstalled").asLong(0),
              replica.path("compactions").asLong(0)));
    }
    return new NodeView(
        document.path("node").asString(name),
        null,
        document.path("cluster").asString(""),
        document.path("pid").asLong(0),
        replicas);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asString("")));
    return List.copyOf(texts);
  }

  private static @Nullable String textOrNull(JsonNode node) {
    return node.isString() ? node.stringValue() : null;
  }

  @Override
  public void close() {
    http.close();
  }
}
