package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.Hello;
import java.util.Optional;

/**
 * What the two ends of a stream must agree on before anything else is said: the cluster, and who
 * they are. Whether a node still has the disk it had before (H50) is not asked here: each group
 * knows the replica it is bound to and judges every single message by it.
 *
 * @param self this node
 * @param incarnation drawn when this node's data directory was created
 */
record Handshake(int self, long incarnation, String clusterId) {

  /** Both ends of a stream must speak the same version. */
  static final int PROTOCOL_VERSION = 1;

  Hello greeting(int peer) {
    return Hello.newBuilder()
        .setClusterId(clusterId)
        .setNode(self)
        .setIncarnation(incarnation)
        .setProtocolVersion(PROTOCOL_VERSION)
        .setToNode(peer)
        .build();
  }

  /**
   * Why a greeting is refused; empty when it is fine.
   *
   * @param expected the node that must be at the other end
   */
  Optional<String> objection(Hello hello, int expected) {
    if (!hello.getClusterId().equals(clusterId)) {
      return Optional.of(
          "node %d belongs to cluster '%s', node %d to '%s'"
              .formatted(hello.getNode(), hello.getClusterId(), self, clusterId));
    }
    if (hello.getProtocolVersion() != PROTOCOL_VERSION) {
      return Optional.of(
          "node %d speaks protocol version %d, node %d version %d"
              .formatted(hello.getNode(), hello.getProtocolVersion(), self, PROTOCOL_VERSION));
    }
    if (hello.getToNode() != self) {
      return Optional.of(
          "node %d wanted node %d and reached node %d"
              .formatted(hello.getNode(), hello.getToNode(), self));
    }
    if (hello.getNode() != expected) {
      return Optional.of("node %d answered for node %d".formatted(hello.getNode(), expected));
    }
    return Optional.empty();
  }
}
