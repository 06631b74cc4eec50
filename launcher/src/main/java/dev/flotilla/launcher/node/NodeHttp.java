package dev.flotilla.launcher.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.launcher.chaos.CuttableTransport;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node's side door for people, probes and Prometheus: {@code /livez /readyz /raft/status /status
 * /cluster /metrics} and {@code POST /step-down}. Small on purpose; nothing here is on the way of a
 * request. Every answer is bounded in time: a node that does not answer itself is reported, not
 * waited for.
 */
public final class NodeHttp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeHttp.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long STATUS_TIMEOUT_MILLIS = 2_000;

  /** A state hash reads the whole state. */
  private static final long HASH_TIMEOUT_MILLIS = 30_000;

  private static final int TRANSFER_TIMEOUT_MILLIS = 3_000;
  private static final int BACKLOG = 64;

  private final HttpServer server;
  private final ExecutorService executor;
  private final NodeAdmin node;
  private final StatusDocuments documents;
  private final @Nullable CuttableTransport chaos;

  private NodeHttp(
      HttpServer server,
      ExecutorService executor,
      NodeAdmin node,
      StatusDocuments documents,
      @Nullable CuttableTransport chaos) {
    this.server = server;
    this.executor = executor;
    this.node = node;
    this.documents = documents;
    this.chaos = chaos;
  }

  /**
   * Binds the node's HTTP address and serves.
   *
   * @param chaos what may be cut from here; null = nothing
   */
  public static NodeHttp start(
      ClusterConfig config,
      ClusterConfig.Node self,
      NodeAdmin node,
      @Nullable CuttableTransport chaos)
      throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(self.http().listen().host(), self.http().listen().port());
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          self.name() + " cannot serve HTTP on " + self.http().listen() + ": " + e.getMessage(), e);
    }
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(self.name() + "-http-", 0).factory());
    NodeHttp http = new NodeHttp(server, executor, node, new StatusDocuments(config, self), chaos);
    server.setExecutor(executor);
    server.createContext("/", http::handle);
    server.start();
    return http;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdown();
  }

  /** An answer before it is written. */
  private record Answer(int status, String contentType, String body) {
    static Answer json(int status, Object document) {
      return new Answer(status, "application/json", JSON.writeValueAsString(document) + "\n");
    }

    static Answer text(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text + "\n");
    }

    static Answer problem(int status, String message) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("status", status);
      document.put("detail", message);
      return json(status, document);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().skip(1 << 16);
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (TimeoutException e) {
        answer = Answer.problem(503, "the node did not answer in time; its loop or disk may hang");
      } catch (ExecutionException | RuntimeException e) {
        LOG.warn("node http {} failed", exchange.getRequestURI().getPath(), e);
        answer = Answer.problem(500, "the node could not answer: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        answer = Answer.problem(503, "shutting down");
      }
      write(exchange, answer);
    }
  }

  private static void write(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private Answer answer(HttpExchange exchange)
      throws ExecutionException, InterruptedException, TimeoutException {
    String path = exchange.getRequestURI().getPath();
    String method = path.equals("/step-down") || path.startsWith("/chaos/") ? "POST" : "GET";
    boolean known =
        switch (path) {
          case "/livez",
              "/readyz",
              "/raft/status",
              "/status",
              "/cluster",
              "/metrics",
              "/step-down" ->
              true;
          case "/chaos/partition", "/chaos/heal" -> chaos != null;
          default -> false;
        };
    if (!known) {
      return Answer.problem(
          404, "there is nothing here; try /raft/status, /status, /cluster, /readyz or /metrics");
    }
    String asked = exchange.getRequestMethod();
    if (!asked.equals(method) && !(method.equals("GET") && asked.equals("HEAD"))) {
      exchange.getResponseHeaders().set("Allow", method);
      return Answer.problem(405, path + " takes " + method);
    }
    if (method.equals("POST") && isFromAnotherSite(exchange)) {
      return Answer.problem(403, "this is not for pages of other sites");
    }
    return switch (path) {
      case "/livez" -> Answer.text(200, "ok");
      case "/readyz" -> ready();
      case "/raft/status" -> raftStatus(exchange.getRequestURI().getQuery());
      case "/status" -> Answer.json(200, documents.status(status(false)));
      case "/cluster" -> Answer.json(200, documents.cluster(status(false)));
      case "/metrics" ->
          new Answer(200, MetricsText.CONTENT_TYPE, MetricsText.of(status(false)) + node.meters());
      case "/chaos/partition" -> cut(exchange.getRequestURI().getQuery());
      case "/chaos/heal" -> heal();
      default -> stepDown();
    };
  }

  /** Cuts the node off from those named, as in {@code from=n2,n3}; from everybody when none is. */
  private Answer cut(@Nullable String query) {
    CuttableTransport line = Objects.requireNonNull(chaos);
    if (query == null) {
      line.cutOff();
      LOG.warn("event=chaos-partition from=everybody");
      return Answer.json(200, Map.of("cutOffFrom", "everybody"));
    }
    Optional<Set<Integer>> nodes = documents.nodes(query);
    if (nodes.isEmpty()) {
      return Answer.problem(400, "expected from=n2,n3 with nodes of this cluster");
    }
    line.cutOff(nodes.get());
    LOG.warn("event=chaos-partition {}", query);
    return Answer.json(200, Map.of("cutOffFrom", query));
  }

  private Answer heal() {
    Objects.requireNonNull(chaos).heal();
    LOG.warn("event=chaos-heal");
    return Answer.json(200, Map.of("cutOffFrom", "nobody"));
  }

  /** A browser says where a request comes from; a command line says nothing. */
  private static boolean isFromAnotherSite(HttpExchange exchange) {
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    String host = exchange.getRequestHeaders().getFirst("Host");
    return origin != null && !origin.equals("http://" + host);
  }

  private Answer raftStatus(@Nullable String query)
      throws ExecutionException, InterruptedException, TimeoutException {
    boolean withHash = query == null || !query.contains("hash=false");
    return Answer.json(200, documents.raftStatus(status(withHash), withHash));
  }

  /**
   * Ready: every replica runs, knows who leads, and its vote counts. One that still learns what its
   * group holds must not pass for a member that makes up a quorum: a rollout would go on to the
   * next.
   */
  private Answer ready() throws ExecutionException, InterruptedException, TimeoutException {
    for (ReplicaStatus replica : status(false).getReplicasList()) {
      if (replica.getRole() == Role.ROLE_FAILED) {
        return Answer.text(
            503, replica.getGroupName() + " stopped itself: " + replica.getFailure());
      }
      String waits =
          switch (replica.getStanding()) {
            case STANDING_JOINING -> "waits to be let in";
            case STANDING_REPLACED -> "waits to be let in again, as another replica";
            case STANDING_MEMBER, STANDING_REMOVED, STANDING_UNSPECIFIED, UNRECOGNIZED ->
                replica.getRole() == Role.ROLE_LEARNER ? "is catching up, without a vote yet" : "";
          };
      if (!waits.isEmpty()) {
        return Answer.text(503, replica.getGroupName() + " " + waits);
      }
      if (replica.getLeader() == 0) {
        return Answer.text(503, replica.getGroupName() + " has no leader");
      }
    }
    return Answer.text(200, "ok");
  }

  private Answer stepDown() throws ExecutionException, InterruptedException, TimeoutException {
    TransferLeadershipReply reply =
        node.transferLeadership(
                TransferLeadershipRequest.newBuilder()
                    .setTimeoutMillis(TRANSFER_TIMEOUT_MILLIS)
                    .build())
            .get(2 * TRANSFER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    if (reply.getTransfersCount() == 0) {
      return Answer.problem(409, "this node leads no group");
    }
    boolean done =
        reply.getTransfersList().stream().allMatch(TransferLeadershipReply.Transfer::getDone);
    return Answer.json(done ? 200 : 503, documents.transfers(reply));
  }

  private NodeStatus status(boolean withHash)
      throws ExecutionException, InterruptedException, TimeoutException {
    CompletableFuture<NodeStatus> status = node.status(withHash);
    return status.get(
        withHash ? HASH_TIMEOUT_MILLIS : STATUS_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }
}
