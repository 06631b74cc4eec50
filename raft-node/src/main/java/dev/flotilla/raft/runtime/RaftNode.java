package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.RequestBatch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node: its log, its replicas, its threads. */
public final class RaftNode implements AutoCloseable {

  /**
   * What to do when the node cannot go on; called once. A process ends with 70, a test records it.
   */
  @FunctionalInterface
  public interface FatalHandler {
    void fatal(int exitCode, String reason, Throwable cause);
  }

  /**
   * Recovers and starts the node. The transport is started by this call.
   *
   * @throws dev.flotilla.raft.log.LogDamagedException when the log may have lost what was promised
   */
  public static RaftNode start(
      NodeOptions options, NodeEnvironment env, List<ReplicaSpec> replicas, FatalHandler fatal)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Takes a client's requests; every one is answered on the channel exactly once. Never blocks. */
  public void submit(ClientChannel channel, RequestBatch batch) {
    throw new UnsupportedOperationException();
  }

  /**
   * @param stateHash also compute the replicas' state hashes
   */
  public CompletableFuture<NodeStatus> status(boolean stateHash) {
    throw new UnsupportedOperationException();
  }

  public CompletableFuture<TransferLeadershipReply> transferLeadership(
      TransferLeadershipRequest request) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands over what it leads, drains, flushes the state machines, stops. Bounded by {@code
   * timeoutMillis}.
   */
  public void shutdown(long timeoutMillis) {
    throw new UnsupportedOperationException();
  }

  /** Stops at once, as a crash would, but closes files. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
