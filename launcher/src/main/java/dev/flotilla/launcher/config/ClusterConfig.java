package dev.flotilla.launcher.config;

import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A whole cluster as its file describes it, checked: names and ids are unique, groups name nodes
 * that exist, no two sockets share an address.
 *
 * @param clusterId what nodes, balancers and disks must agree on to belong together
 * @param directory the folder that holds the nodes' folders and the logs; absolute
 * @param bootstrap whether the groups are new, so that founders without data begin them; otherwise
 *     such nodes wait for the members that have the data
 * @param groups ascending by id
 * @param nodes ascending by id
 */
public record ClusterConfig(
    String clusterId,
    Path directory,
    boolean bootstrap,
    List<Group> groups,
    List<Node> nodes,
    Endpoint balancer,
    Tuning tuning) {

  /** One address to bind and one to tell others. */
  public record Endpoint(HostPort listen, HostPort advertise) {
    public static Endpoint of(HostPort address) {
      return new Endpoint(address, address);
    }
  }

  /**
   * @param weight share of the ring, relative to the other groups'
   * @param nodes the voters the group starts its life with, by id
   */
  public record Group(int id, String name, int weight, List<Integer> nodes) {}

  /**
   * @param directory the node's own folder; absolute
   * @param joins groups, by id, that the node hosts a replica of although it was not there when
   *     they began; who is a member is for the groups to say
   */
  public record Node(
      int id, String name, Endpoint grpc, Endpoint http, Path directory, List<Integer> joins) {

    /** A node of its groups' first hour. */
    public Node(int id, String name, Endpoint grpc, Endpoint http, Path directory) {
      this(id, name, grpc, http, directory, List.of());
    }

    public Node {
      joins = joins.stream().sorted().distinct().toList();
    }

    /** The same node, joining these groups. */
    public Node joining(List<Integer> groups) {
      return new Node(id, name, grpc, http, directory, groups);
    }
  }

  /**
   * @param maxKeyBytes larger keys are refused
   * @param maxValueBytes larger values are refused
   */
  public record Tuning(
      RaftOptions raft,
      WalOptions wal,
      SnapshotExchange.Options snapshots,
      NodeOptions.Limits limits,
      int maxKeyBytes,
      int maxValueBytes) {
    public static final Tuning DEFAULT =
        new Tuning(
            RaftOptions.DEFAULT,
            WalOptions.DEFAULT,
            SnapshotExchange.Options.DEFAULT,
            NodeOptions.Limits.DEFAULT,
            4 << 10,
            1 << 20);
  }

  public ClusterConfig {
    groups = groups.stream().sorted(Comparator.comparingInt(Group::id)).toList();
    nodes = nodes.stream().sorted(Comparator.comparingInt(Node::id)).toList();
  }

  public Node node(int id) {
    return nodes.stream()
        .filter(node -> node.id() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node " + id));
  }

  /** The groups a node hosts a replica of, ascending: from their beginning or as one who joins. */
  public List<Group> groupsOf(Node node) {
    return groups.stream()
        .filter(group -> group.nodes().contains(node.id()) || node.joins().contains(group.id()))
        .toList();
  }

  /** The nodes that host a replica of a group, ascending. */
  public List<Node> hostsOf(Group group) {
    return nodes.stream().filter(node -> groupsOf(node).contains(group)).toList();
  }

  public Optional<Group> group(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  public Optional<Node> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  /** The same cluster with this node in it, in place of the one with its id. */
  public ClusterConfig with(Node added) {
    List<Node> all = new ArrayList<>(nodes);
    all.removeIf(node -> node.id() == added.id());
    all.add(added);
    return new ClusterConfig(clusterId, directory, bootstrap, groups, all, balancer, tuning);
  }

  /** The same cluster, its groups being new or not. */
  public ClusterConfig withBootstrap(boolean isNew) {
    return new ClusterConfig(clusterId, directory, isNew, groups, nodes, balancer, tuning);
  }

  /** Advertised gRPC addresses by node id. */
  public Map<Integer, String> grpcAddresses() {
    Map<Integer, String> addresses = new TreeMap<>();
    nodes.forEach(node -> addresses.put(node.id(), node.grpc().advertise().toString()));
    return addresses;
  }

  public Path logDirectory() {
    return directory.resolve("logs");
  }
}
