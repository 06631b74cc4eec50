package dev.flotilla.balancer.view;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The nodes' admin services. Never blocks; futures complete normally, always, and in time. */
public interface ClusterAdmin {

  /**
   * Asks a node how it is.
   *
   * @param eventsAfter also what happened since the event of this number, 0 = all it still knows
   * @return empty when it gave no answer in time
   */
  CompletableFuture<Optional<NodeStatus>> status(int node, String address, long eventsAfter);

  /**
   * Asks a node to hand over a group it leads to the best follower.
   *
   * @return empty when it gave no answer in time: whether it will happen is not known then
   */
  CompletableFuture<Optional<TransferLeadershipReply>> handOver(
      int node, String address, int group);

  /** Connections to nodes that are not among these, by id, may be given up. */
  void keepOnly(Map<Integer, String> addresses);
}
