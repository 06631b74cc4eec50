package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfig.Endpoint;
import dev.flotilla.launcher.config.ClusterConfig.Group;
import dev.flotilla.launcher.config.ClusterConfig.Node;
import dev.flotilla.launcher.config.DidYouMean;
import dev.flotilla.launcher.config.HostPort;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node that joins groups of a cluster that exists: what it is called, and where it listens when
 * somebody says so.
 *
 * @param groups the names of the groups it is to join
 * @param grpc empty = the next free port of this machine
 * @param http the same
 */
public record JoiningNode(
    String name, List<String> groups, Optional<HostPort> grpc, Optional<HostPort> http) {
  private static final int MAX_ID = 65_535;
  private static final int MOST_PORTS_TRIED = 1_000;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}?(\\d{1,5})");

  /**
   * Writes the node into the directory's cluster file, unless it stands there already, so that the
   * next start of the cluster starts it too.
   *
   * @return the configuration with the node in it
   */
  public ClusterConfig enter(DataDirectory directory, Overrides overrides)
      throws IOException, InterruptedException {
    if (directory.stored().isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          "There is no cluster in " + directory.path() + ".",
          "Start one with: flotilla up (or name its folder with --data-dir).");
    }
    try (ConfigFileLock lock = ConfigFileLock.acquire(directory.path())) {
      ClusterConfig stored = directory.stored().orElseThrow();
      Node before = stored.node(name).orElse(null);
      Node after = joined(stored, before == null ? created(stored) : before);
      return directory.write(stored.with(after), overrides);
    }
  }

  /** The same in memory, for a cluster file that is not ours to write. */
  public ClusterConfig joined(ClusterConfig config) {
    Node node =
        config
            .node(name)
            .orElseThrow(() ->
                new Failure(
                    ExitCode.BAD_CONFIGURATION,
                    "The cluster file has no node " + name + ".",
                    "Add it under nodes, with its addresses and join: ["
                        + String.join(", ", groups)
                        + "]."));
    return config.with(joined(config, node));
  }

  private Node joined(ClusterConfig config, Node node) {
    List<Integer> joins = new ArrayList<>(node.joins());
    for (String group : groups) {
      Group found = group(config, group);
      if (found.nodes().contains(node.id())) {
        throw new Failure(
            ExitCode.USAGE,
            group + " began with " + name + "; --join is for nodes that come later.",
            "Start it without --join. If it was removed, flotilla members add "
                + group
                + " "
                + name
                + " takes it in again.");
      }
      joins.add(found.id());
    }
    return node.joining(joins);
  }

  private static Group group(ClusterConfig config, String name) {
    List<String> names = config.groups().stream().map(Group::name).toList();
    return config
        .group(name)
        .orElseThrow(() ->
            new Failure(
                ExitCode.NOT_FOUND,
                "There is no group " + name + DidYouMean.hint(name, names) + ".",
                "The cluster has " + String.join(", ", names) + "."));
  }

  private Node created(ClusterConfig config) {
    Matcher matcher = NAME.matcher(name);
    int id = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (id < 1 || id > MAX_ID) {
      throw new Failure(
          ExitCode.USAGE,
          "A node's name is letters, digits, dots and dashes and ends with its number, from 1 to "
              + MAX_ID
              + "; found "
              + name
              + ".",
          "As in n" + nextId(config) + ".");
    }
    config.nodes().stream()
        .filter(node -> node.id() == id)
        .findFirst()
        .ifPresent(node -> {
          throw new Failure(
              ExitCode.USAGE,
              node.name() + " has the number " + id + " already.",
              "The next free one is n" + nextId(config) + ".");
        });
    Ports ports = new Ports(config, id);
    return new Node(
        id,
        name,
        Endpoint.of(grpc.orElseGet(ports::grpc)),
        Endpoint.of(http.orElseGet(ports::http)),
        config.directory().resolve(name));
  }

  private static int nextId(ClusterConfig config) {
    return config.nodes().getLast().id() + 1;
  }

  /**
   * Free ports for a node of a local cluster: those that its number would have, or others after.
   */
  private static final class Ports {
    private final Set<Integer> taken = new HashSet<>();
    private final Node first;
    private final int offset;

    Ports(ClusterConfig config, int id) {
      first = config.nodes().getFirst();
      offset = id - first.id();
      taken.add(config.balancer().listen().port());
      for (Node node : config.nodes()) {
        taken.add(node.grpc().listen().port());
        taken.add(node.http().listen().port());
      }
    }

    HostPort grpc() {
      return free(first.grpc().listen());
    }

    HostPort http() {
      return free(first.http().listen());
    }

    private HostPort free(HostPort base) {
      for (int i = 0; i < MOST_PORTS_TRIED; i++) {
        int port = base.port() + offset + i;
        if (port <= 0 || port > 65_535) {
          break;
        }
        HostPort candidate = new HostPort(base.host(), port);
        if (!taken.contains(port) && Preflight.canBind(candidate)) {
          taken.add(port);
          return candidate;
        }
      }
      throw new Failure(
          ExitCode.FAILED,
          "Found no free port after " + base + ".",
          "Name addresses with --grpc HOST:PORT and --http HOST:PORT.");
    }
  }
}
