package dev.flotilla.launcher.node;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A node's status as the documents its HTTP port serves. Groups and nodes go by their names;
 * leaders that are unknown, and the time since one was heard, are null.
 */
public final class StatusDocuments {
  private final ClusterConfig config;
  private final ClusterConfig.Node self;

  public StatusDocuments(ClusterConfig config, ClusterConfig.Node self) {
    this.config = config;
    this.self = self;
  }

  /**
   * {@code GET /raft/status}: the first hosted group at the top, and all of them under {@code
   * groups}.
   */
  Map<String, @Nullable Object> raftStatus(NodeStatus status, boolean withHash) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("node", status.getName());
    document.put("id", status.getNode());
    document.put("cluster", config.clusterId());
    document.put("pid", ProcessHandle.current().pid());
    if (status.getReplicasCount() > 0) {
      document.putAll(replica(status.getReplicas(0), withHash));
    }
    document.put(
        "groups",
        status.getReplicasList().stream().map(replica -> replica(replica, withHash)).toList());
    return document;
  }

  private Map<String, @Nullable Object> replica(ReplicaStatus replica, boolean withHash) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("group", replica.getGroupName());
    document.put("state", state(replica.getRole()));
    document.put("standing", standing(replica.getStanding()));
    document.put("term", replica.getTerm());
    document.put("leader", nodeName(replica.getLeader()));
    document.put(
        "timeSinceLastHeartbeat",
        replica.hasSinceLeaderContactMillis() ? replica.getSinceLeaderContactMillis() : null);
    document.put("commitIndex", replica.getCommitIndex());
    document.put("appliedIndex", replica.getAppliedIndex());
    document.put("firstLogIndex", replica.getFirstIndex());
    document.put("lastLogIndex", replica.getLastIndex());
    document.put("stateHash", withHash ? hex(replica.getStateHash()) : null);
    document.put("voters", replica.getVotersList().stream().map(this::nodeName).toList());
    document.put("learners", replica.getLearnersList().stream().map(this::nodeName).toList());
    document.put("changing", !replica.getMembershipSettled());
    document.put("peers", replica.getPeersList().stream().map(this::peer).toList());
    document.put("elections", replica.getElections());
    document.put("leaderChanges", replica.getLeaderChanges());
    document.put("snapshotsSent", replica.getSnapshotsSent());
    document.put("snapshotsInstalled", replica.getSnapshotsInstalled());
    document.put("compactions", replica.getCompactions());
    if (!replica.getFailure().isEmpty()) {
      document.put("failure", replica.getFailure());
    }
    return document;
  }

  private Map<String, @Nullable Object> peer(PeerProgress peer) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("node", nodeName(peer.getNode()));
    document.put("progress", peer.getState());
    document.put("matchIndex", peer.getMatchIndex());
    document.put("nextIndex", peer.getNextIndex());
    document.put("timeSinceContact", peer.getSinceContactMillis());
    return document;
  }

  /** {@code GET /status}. */
  Map<String, @Nullable Object> status(NodeStatus status) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("id", status.getNode());
    document.put("name", status.getName());
    document.put("cluster", config.clusterId());
    Optional<ReplicaStatus> first = status.getReplicasList().stream().findFirst();
    document.put("state", first.map(replica -> state(replica.getRole())).orElse(null));
    document.put("term", first.map(ReplicaStatus::getTerm).orElse(0L));
    document.put("uptime", status.getUptimeMillis());
    document.put("version", status.getVersion());
    document.put("pid", ProcessHandle.current().pid());
    document.put(
        "groups", status.getReplicasList().stream().map(ReplicaStatus::getGroupName).toList());
    document.put("walBytes", status.getWalBytes());
    document.put("fsyncs", status.getFsyncs());
    return document;
  }

  /** {@code GET /cluster}: members, leader and term as this node knows them. */
  Map<String, @Nullable Object> cluster(NodeStatus status) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("cluster", config.clusterId());
    document.put("node", self.name());
    List<Map<String, @Nullable Object>> groups =
        status.getReplicasList().stream().map(this::members).toList();
    if (!groups.isEmpty()) {
      document.putAll(groups.getFirst());
    }
    document.put("groups", groups);
    return document;
  }

  private Map<String, @Nullable Object> members(ReplicaStatus replica) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("group", replica.getGroupName());
    document.put("leader", nodeName(replica.getLeader()));
    document.put("term", replica.getTerm());
    document.put("changing", !replica.getMembershipSettled());
    document.put("members", replica.getMembersList().stream().map(this::member).toList());
    return document;
  }

  private Map<String, @Nullable Object> member(MemberStatus member) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("id", member.getNode());
    document.put("name", nodeName(member.getNode()));
    document.put("grpc", member.getAddress());
    node(member.getNode())
        .ifPresent(node -> document.put("http", node.http().advertise().toString()));
    document.put("voter", member.getVoter());
    if (member.getLeaving()) {
      document.put("leaving", true);
    }
    return document;
  }

  /** {@code POST /step-down}: who took over, group by group. */
  Map<String, @Nullable Object> transfers(TransferLeadershipReply reply) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("node", self.name());
    document.put(
        "transfers",
        reply.getTransfersList().stream()
            .map(transfer -> {
              Map<String, @Nullable Object> entry = new LinkedHashMap<>();
              entry.put("group", groupName(transfer.getGroup()));
              entry.put("done", transfer.getDone());
              entry.put("leader", nodeName(transfer.getLeader()));
              entry.put("message", transfer.getMessage());
              return entry;
            })
            .toList());
    return document;
  }

  /** The ids of the nodes named in {@code from=n2,n3}; empty when that is not what it says. */
  Optional<Set<Integer>> nodes(String query) {
    if (!query.startsWith("from=")) {
      return Optional.empty();
    }
    Set<Integer> ids = new TreeSet<>();
    for (String name : query.substring("from=".length()).split(",", -1)) {
      Optional<ClusterConfig.Node> node = config.node(name);
      if (node.isEmpty()) {
        return Optional.empty();
      }
      ids.add(node.get().id());
    }
    return Optional.of(ids);
  }

  private Optional<ClusterConfig.Node> node(int id) {
    return config.nodes().stream().filter(node -> node.id() == id).findFirst();
  }

  private @Nullable String nodeName(int id) {
    return id == 0 ? null : node(id).map(ClusterConfig.Node::name).orElse("n" + id);
  }

  private String groupName(int id) {
    return config.groups().stream()
        .filter(group -> group.id() == id)
        .map(ClusterConfig.Group::name)
        .findFirst()
        .orElse("group " + id);
  }

  static String hex(long hash) {
    return HexFormat.of().toHexDigits(hash);
  }

  /** How the replica stands to its group, by what it knows. */
  private static String standing(Standing standing) {
    return switch (standing) {
      case STANDING_MEMBER -> "MEMBER";
      case STANDING_JOINING -> "JOINING";
      case STANDING_REPLACED -> "REPLACED";
      case STANDING_REMOVED -> "REMOVED";
      case STANDING_UNSPECIFIED, UNRECOGNIZED -> "UNKNOWN";
    };
  }

  static String state(Role role) {
    return switch (role) {
      case ROLE_LEADER -> "LEADER";
      case ROLE_FOLLOWER -> "FOLLOWER";
      case ROLE_CANDIDATE -> "CANDIDATE";
      case ROLE_LEARNER -> "LEARNER";
      case ROLE_FAILED -> "FAILED";
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> "UNKNOWN";
    };
  }
}
