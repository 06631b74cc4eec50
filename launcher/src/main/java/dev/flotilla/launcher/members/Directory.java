package dev.flotilla.launcher.members;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a cluster's nodes are: those of the cluster file, and those that their groups' members name
 * although the file does not.
 */
public final class Directory {
  /** Ask no more nodes than this, whatever anybody says. */
  private static final int MOST_NODES = 256;

  private final ClusterConfig config;
  private final AdminClient admin;

  public Directory(ClusterConfig config, AdminClient admin) {
    this.config = config;
    this.admin = admin;
  }

  /** Asks everybody, and those they name, once each. */
  public Map<String, NodeStatus> ask() {
    Map<String, NodeStatus> answers = new LinkedHashMap<>();
    Set<String> asked = new LinkedHashSet<>();
    List<String> next = new ArrayList<>(config.grpcAddresses().values());
    while (!next.isEmpty() && asked.size() < MOST_NODES) {
      next.removeIf(address -> address.isEmpty() || !asked.add(address));
      Map<String, NodeStatus> round = admin.statuses(next);
      answers.putAll(round);
      next = new ArrayList<>();
      for (NodeStatus status : round.values()) {
        for (ReplicaStatus replica : status.getReplicasList()) {
          for (MemberStatus member : replica.getMembersList()) {
            next.add(member.getAddress());
          }
        }
      }
    }
    return answers;
  }

  public Optional<GroupMembers> members(int group) {
    return GroupMembers.of(group, ask());
  }

  /** A node's name in the file, or the usual one. */
  public String nameOf(int node) {
    return config.nodes().stream()
        .filter(known -> known.id() == node)
        .map(ClusterConfig.Node::name)
        .findFirst()
        .orElse("n" + node);
  }
}
