package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Transport;
import java.util.Map;

/**
 * {@link Transport} over gRPC. Dials every peer with a larger id and accepts the others; redials
 * with jittered back-off.
 */
public final class GrpcTransport implements Transport {

  public GrpcTransport(
      int self, long incarnation, String clusterId, Map<Integer, String> peers, Network network) {
    throw new UnsupportedOperationException();
  }

  /** The service to add to the node's server, for peers that dial us. */
  public io.grpc.BindableService service() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void start(Receiver receiver) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void send(int toNode, MessageBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean sendBulk(int toNode, BulkMessage message) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
