package dev.flotilla.launcher.config;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig.Endpoint;
import dev.flotilla.launcher.config.ClusterConfig.Group;
import dev.flotilla.launcher.config.ClusterConfig.Node;
import dev.flotilla.launcher.config.ClusterConfig.Tuning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cluster of {@code flotilla up}: groups g1.., nodes n1.. dealt out in order (g1 = n1 n2 n3),
 * and from the first again when there are fewer nodes than that takes; all on the loopback
 * interface, every port shifted by the same amount.
 *
 * @param basePort the balancer's port
 * @param nodes how many there are in all
 */
public record LocalLayout(int basePort, int groups, int nodesPerGroup, int nodes) {
  public static final int BALANCER_PORT = 8080;
  public static final int HTTP_PORT = 8081;
  public static final int GRPC_PORT = 7001;

  private static final int MAX_NODES = 100;
  private static final int MAX_GROUPS = 1_000;

  /** Every group has nodes of its own. */
  public LocalLayout(int basePort, int groups, int nodesPerGroup) {
    this(basePort, groups, nodesPerGroup, ownNodes(groups, nodesPerGroup));
  }

  public LocalLayout {
    if (groups < 1 || groups > MAX_GROUPS) {
      throw usage("--groups must be from 1 to " + MAX_GROUPS);
    }
    if (nodesPerGroup < 1 || nodesPerGroup > nodes) {
      throw usage("--nodes-per-group must be from 1 to the number of nodes, " + nodes);
    }
    if (nodes > Math.min(MAX_NODES, groups * (long) nodesPerGroup)) {
      throw usage(
          "there may be "
              + MAX_NODES
              + " nodes, and each must be in a group; this asks for "
              + nodes);
    }
    int lowest = 1_024 + BALANCER_PORT - GRPC_PORT;
    int highest = 65_535 - MAX_NODES;
    if (basePort < lowest || basePort > highest) {
      throw usage(
          "--base-port must be from "
              + lowest
              + " to "
              + highest
              + ": nodes take the ports after it for HTTP, and those from base - "
              + (BALANCER_PORT - GRPC_PORT)
              + " for gRPC");
    }
  }

  private static Failure usage(String message) {
    return new Failure(ExitCode.USAGE, message, "");
  }

  private static int ownNodes(int groups, int nodesPerGroup) {
    return (int) Math.clamp(groups * (long) nodesPerGroup, 0, Integer.MAX_VALUE);
  }

  /** The cluster as it began, and the nodes that joined it since. */
  public ClusterConfig config(
      String clusterId, Path directory, Tuning tuning, ClusterConfig stored) {
    ClusterConfig config = config(clusterId, directory, tuning).withBootstrap(stored.bootstrap());
    int moved = basePort - stored.balancer().listen().port();
    for (Node node : stored.nodes()) {
      if (node.id() > nodes) {
        config = config.with(moved(node, moved));
      }
    }
    return config;
  }

  /**
   * A node that joined keeps its distance to the others' ports; one with an address of its own,
   * that.
   */
  private static Node moved(Node node, int by) {
    if (by == 0 || !isLocal(node.grpc()) || !isLocal(node.http())) {
      return node;
    }
    return new Node(
        node.id(),
        node.name(),
        loopback(node.grpc().listen().port() + by),
        loopback(node.http().listen().port() + by),
        node.directory(),
        node.joins());
  }

  private static boolean isLocal(Endpoint endpoint) {
    return endpoint.equals(loopback(endpoint.listen().port()));
  }

  /** A cluster that is to begin. */
  public ClusterConfig config(String clusterId, Path directory, Tuning tuning) {
    int shift = basePort - BALANCER_PORT;
    List<Node> nodeList = new ArrayList<>();
    for (int id = 1; id <= nodes; id++) {
      nodeList.add(
          new Node(
              id,
              "n" + id,
              loopback(GRPC_PORT + shift + id - 1),
              loopback(HTTP_PORT + shift + id - 1),
              directory.resolve("n" + id)));
    }
    List<Group> groupList = new ArrayList<>();
    for (int group = 1; group <= groups; group++) {
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < nodesPerGroup; i++) {
        members.add(((group - 1) * nodesPerGroup + i) % nodes + 1);
      }
      groupList.add(new Group(group, "g" + group, 1, members));
    }
    return new ClusterConfig(
        clusterId, directory, true, groupList, nodeList, loopback(basePort), tuning);
  }

  private static Endpoint loopback(int port) {
    return Endpoint.of(new HostPort("127.0.0.1", port));
  }
}
