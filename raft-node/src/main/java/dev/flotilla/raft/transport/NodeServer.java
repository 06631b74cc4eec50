package dev.flotilla.raft.transport;

import dev.flotilla.raft.runtime.RaftNode;
import java.io.IOException;

/** A node's gRPC server: the peer, client and admin services on one port. */
public final class NodeServer implements AutoCloseable {

  /** Binds and serves. @throws IOException naming the address when the port is taken */
  public static NodeServer start(
      String listenHost,
      int port,
      String clusterId,
      GrpcTransport transport,
      RaftNode node,
      Network network)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  public int port() {
    throw new UnsupportedOperationException();
  }

  /** Stops accepting, lets replies in flight leave, closes. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
