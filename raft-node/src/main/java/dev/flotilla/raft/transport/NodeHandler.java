package dev.flotilla.raft.transport;

import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.runtime.ClientChannel;
import dev.flotilla.raft.runtime.MemberChangeListener;
import dev.flotilla.raft.runtime.RaftNode;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What the server's services ask of the node behind them. Called on event loops: nothing here may
 * block.
 */
interface NodeHandler {

  /** Every request is answered on the channel exactly once. */
  void submit(ClientChannel channel, RequestBatch batch);

  CompletableFuture<NodeStatus> status(boolean stateHash);

  /** What happened since; see {@link dev.flotilla.raft.runtime.NodeEvents#after}. */
  default List<NodeEvent> events(long after) {
    return List.of();
  }

  /** The same without the replicas of other groups. */
  CompletableFuture<NodeStatus> statusOf(Set<Integer> groups);

  CompletableFuture<TransferLeadershipReply> transferLeadership(TransferLeadershipRequest request);

  /** The listener hears of every step and of exactly one end. */
  void changeMembers(ChangeMembersRequest request, MemberChangeListener listener);

  static NodeHandler of(RaftNode node) {
    return new NodeHandler() {
      @Override
      public void submit(ClientChannel channel, RequestBatch batch) {
        node.submit(channel, batch);
      }

      @Override
      public CompletableFuture<NodeStatus> status(boolean stateHash) {
        return node.status(stateHash);
      }

      @Override
      public List<NodeEvent> events(long after) {
        return node.events().after(after);
      }

      @Override
      public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
        return node.statusOf(groups);
      }

      @Override
      public CompletableFuture<TransferLeadershipReply> transferLeadership(
          TransferLeadershipRequest request) {
        return node.transferLeadership(request);
      }

      @Override
      public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
        node.changeMembers(request, listener);
      }
    };
  }
}
