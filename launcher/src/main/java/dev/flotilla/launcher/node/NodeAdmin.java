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

  CompletableFuture<TransferLeadershipReply> transferLeadership(TransferLeadershipRequest request);
}
