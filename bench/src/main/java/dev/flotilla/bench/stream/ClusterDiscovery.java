package dev.flotilla.bench.stream;

import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Finds out which groups there are and who belongs to them, by asking nodes for their status: those
 * that were named, and the members of their groups whose addresses they know.
 */
final class ClusterDiscovery {

  private static final long STATUS_MILLIS = 2_000;
  private static final int MOST_NODES = 1_000;

  private final Network network;
  private final Deque<String> toAsk = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<Integer, String> addresses = new TreeMap<>();
  private final Map<Integer, Found> groups = new TreeMap<>();
  private final List<String> silent = new ArrayList<>();

  private static final class Found {
    final String name;
    final Set<Integer> members = new TreeSet<>();
    int leader;
    long term;

    Found(String name) {
      this.name = name;
    }
  }

  private ClusterDiscovery(Network network) {
    this.network = network;
  }

  /**
   * @param nodes host:port of some nodes' gRPC servers; of each group one that runs must be among
   *     them, or be known to one that is
   * @throws IOException when no node answers, or one is silent that belongs to none of the groups
   *     found
   */
  static StreamCluster discover(Network network, String clusterId, Collection<String> nodes)
      throws IOException {
    ClusterDiscovery discovery = new ClusterDiscovery(network);
    nodes.forEach(discovery::meet);
    return discovery.askAll(clusterId);
  }

  private void meet(String address) {
    if (!address.isEmpty() && seen.size() < MOST_NODES && seen.add(address)) {
      toAsk.add(address);
    }
  }

  private StreamCluster askAll(String clusterId) throws IOException {
    for (String address = toAsk.poll(); address != null; address = toAsk.poll()) {
      ask(address);
    }
    if (groups.isEmpty()) {
      throw new IOException(
          "no node says which groups there are; asked " + String.join(", ", silent));
    }
    refusePartialView();
    List<StreamCluster.Group> found = new ArrayList<>();
    groups.forEach((id, group) -> {
      List<Integer> reachable = group.members.stream().filter(addresses::containsKey).toList();
      found.add(new StreamCluster.Group(id, group.name, reachable, group.leader, group.term));
    });
    return new StreamCluster(clusterId, addresses, found);
  }

  /** A ring without one of the groups would send its keys to the others, which own none of them. */
  private void refusePartialView() throws IOException {
    for (String address : silent) {
      if (!addresses.containsValue(address)) {
        throw new IOException(
            "node "
                + address
                + " does not answer, and no other node names it: a group may be missing");
      }
    }
  }

  private void ask(String address) throws IOException {
    NodeAddress parsed;
    try {
      parsed = NodeAddress.parse(address);
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address of a node: " + e.getMessage(), e);
    }
    ManagedChannel channel = network.channelBuilder(parsed, network.nextLoop()).build();
    try {
      NodeStatus status =
          AdminGrpc.newBlockingStub(channel)
              .withDeadlineAfter(STATUS_MILLIS, TimeUnit.MILLISECONDS)
              .status(StatusRequest.getDefaultInstance());
      addresses.put(status.getNode(), address);
      status.getReplicasList().forEach(replica -> learn(status.getNode(), replica));
    } catch (StatusRuntimeException e) {
      // A node may be down; the others of its group can tell as much.
      silent.add(address);
    } finally {
      channel.shutdownNow();
    }
  }

  private void learn(int node, ReplicaStatus replica) {
    Found group =
        groups.computeIfAbsent(replica.getGroup(), _ -> new Found(replica.getGroupName()));
    group.members.add(node);
    for (MemberStatus member : replica.getMembersList()) {
      if (!member.getAddress().isEmpty()) {
        group.members.add(member.getNode());
        addresses.putIfAbsent(member.getNode(), member.getAddress());
        meet(member.getAddress());
      }
    }
    if (replica.getLeader() != 0 && replica.getTerm() >= group.term) {
      group.leader = replica.getLeader();
      group.term = replica.getTerm();
    }
  }
}
