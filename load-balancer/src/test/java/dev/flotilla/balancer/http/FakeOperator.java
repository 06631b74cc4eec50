package dev.flotilla.balancer.http;

import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.view.ClusterAdmin;
import dev.flotilla.balancer.view.ClusterWatch;
import dev.flotilla.balancer.view.Traffic;
import dev.flotilla.balancer.wire.ThreadTimer;
import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Nodes that answer what a test wants, and the watch over them. Node 2 leads group 1, and so on.
 */
final class FakeOperator implements ClusterAdmin, LocalNodes, AutoCloseable {
  private final ThreadTimer timer = new ThreadTimer("test-timer");
  private final ClusterWatch watch;
  volatile boolean silent;
  volatile boolean handsOver = true;

  FakeOperator(KvService kv) {
    watch = new ClusterWatch(kv, this, timer, System::currentTimeMillis, () -> Traffic.NONE);
  }

  OperatorDoor door() {
    return new OperatorDoor(this, watch, this, "test", null);
  }

  /** A door to which nobody gave leave to hurt anything. */
  OperatorDoor harmlessDoor() {
    return new OperatorDoor(this, watch, null, "test", null);
  }

  @Override
  public CompletableFuture<Optional<NodeStatus>> status(
      int node, String address, long eventsAfter) {
    if (silent) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    int group = (node + 2) / 3;
    boolean leads = node % 3 == 2;
    NodeStatus.Builder status =
        NodeStatus.newBuilder()
            .setNode(node)
            .setUptimeMillis(1_000)
            .addReplicas(
                ReplicaStatus.newBuilder()
                    .setGroup(group)
                    .setGroupName("g" + group)
                    .setRole(leads ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER)
                    .setStanding(Standing.STANDING_MEMBER)
                    .setTerm(7)
                    .setLastIndex(100)
                    .setCommitIndex(100)
                    .setAppliedIndex(100));
    if (leads && eventsAfter < 1) {
      status.addEvents(
          NodeEvent.newBuilder()
              .setNumber(1)
              .setAtMillis(1_000)
              .setKind(EventKind.EVENT_KIND_LEADER)
              .setGroup(group)
              .setGroupName("g" + group)
              .setTerm(7)
              .setText("n" + node + " leads g" + group + " in term 7"));
    }
    return CompletableFuture.completedFuture(Optional.of(status.build()));
  }

  @Override
  public CompletableFuture<Optional<TransferLeadershipReply>> handOver(
      int node, String address, int group) {
    return CompletableFuture.completedFuture(
        handsOver
            ? Optional.of(
                TransferLeadershipReply.newBuilder()
                    .addTransfers(
                        TransferLeadershipReply.Transfer.newBuilder()
                            .setGroup(group)
                            .setDone(true)
                            .setLeader(node + 1))
                    .build())
            : Optional.empty());
  }

  @Override
  public void keepOnly(Map<Integer, String> addresses) {}

  @Override
  public String act(Action action, String node) throws RefusedException {
    if (node.equals("n99")) {
      throw new RefusedException("the cluster has no node of this name");
    }
    return node + " was told to " + action.text();
  }

  @Override
  public void close() {
    watch.close();
    timer.close();
  }
}
