package dev.flotilla.launcher.node;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import java.util.concurrent.CompletableFuture;

/** What the HTTP side door asks of its node. */
public interface NodeAdmin {

  /**
   * @param stateHash also compute the replicas' state hashes
   */
  CompletableFuture<NodeStatus> status(boolean stateHash);

  /** What the node counts and times, in Prometheus' text format; does not wait for the node. */
  String meters();

  CompletableFuture<TransferLeadershipReply> transferLeadership(TransferLeadershipRequest request);
}
