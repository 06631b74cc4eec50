package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.raft.runtime.RaftNode;
import io.grpc.Server;
import io.grpc.Status;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A node's gRPC server: the peer, client and admin services on one port. */
public final class NodeServer implements AutoCloseable {

  /** Replies that may wait for one client. */
  static final long MAX_REPLY_BYTES = 64L << 20;

  private static final long SHUTDOWN_MILLIS = 4_000;
  private static final long DRAIN_MILLIS = 300;

  private final Server server;
  private final ClientService clients;
  private final RefusedCalls refused;
  private final int port;

  private NodeServer(Server server, ClientService clients, RefusedCalls refused) {
    this.server = server;
    this.clients = clients;
    this.refused = refused;
    this.port = server.getPort();
  }

  /**
   * Binds and serves; an operator's request to shut down ends the node, and only the node.
   *
   * @throws IOException naming the address when the port is taken
   */
  public static NodeServer start(
      String listenHost,
      int port,
      String clusterId,
      GrpcTransport transport,
      RaftNode node,
      Network network)
      throws IOException {
    return start(
        listenHost,
        port,
        clusterId,
        transport,
        node,
        network,
        () ->
            Thread.ofPlatform()
                .name("shutdown-" + transport.self())
                .start(() -> node.shutdown(SHUTDOWN_MILLIS)));
  }

  /**
   * Binds and serves.
   *
   * @param port 0 for any free one
   * @param shutdownRequested what to do when an operator asks the node to end; must not block
   * @throws IOException naming the address when the port is taken or the host is not this machine's
   */
  public static NodeServer start(
      String listenHost,
      int port,
      String clusterId,
      GrpcTransport transport,
      RaftNode node,
      Network network,
      Runnable shutdownRequested)
      throws IOException {
    return start(
        new NodeAddress(listenHost, port),
        clusterId,
        transport,
        NodeHandler.of(node),
        network,
        shutdownRequested);
  }

  static NodeServer start(
      NodeAddress listen,
      String clusterId,
      GrpcTransport transport,
      NodeHandler node,
      Network network,
      Runnable shutdownRequested)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    if (address.isUnresolved()) {
      throw new IOException("cannot listen on " + listen + ": unknown host");
    }
    ClientService clients = new ClientService(clusterId, node, network, MAX_REPLY_BYTES);
    RefusedCalls refused = new RefusedCalls();
    Server server =
        network
            .serverBuilder(address)
            .addStreamTracerFactory(refused)
            .addService(transport.service())
            .addService(clients)
            .addService(new AdminService(node, shutdownRequested))
            .build();
    try {
      return new NodeServer(server.start(), clients, refused);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + listen + ": " + reason(e), e);
    }
  }

  private static String reason(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      // Netty's native transport has its own exception type for a failed bind; both carry the
      // system's words.
      if (message.contains("Address already in use")) {
        return "the port is in use";
      }
      if (cause instanceof BindException || cause.getCause() == null) {
        return message;
      }
    }
    return String.valueOf(failure.getMessage());
  }

  public int port() {
    return port;
  }

  /**
   * Calls ended with an error so far, by gRPC status code: no message, too large, unknown method,
   * another cluster's peer.
   */
  public Map<Status.Code, AtomicLong> refusedCalls() {
    return refused.counts();
  }

  /**
   * Stops accepting, lets replies in flight leave, closes. Takes at most a few tenths of a second.
   */
  @Override
  public void close() {
    server.shutdown();
    clients.endStreams();
    try {
      if (!server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
