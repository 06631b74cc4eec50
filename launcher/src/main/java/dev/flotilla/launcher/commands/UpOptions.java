package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code flotilla up} can be told, and {@code flotilla start} hands on to it. */
public final class UpOptions {
  private static final int GROUPS = 3;
  private static final int NODES_PER_GROUP = 3;

  @Mixin private SetOption set = new SetOption();

  @Option(
      names = "--base-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = {
        "The balancer's port; the nodes' HTTP ports follow it (8081..), their gRPC ports (7001..)",
        "shift by the same amount. Default: 8080."
      })
  private int basePort = LocalLayout.BALANCER_PORT;

  @Option(names = "--processes", description = "A process for each node and for the balancer.")
  private boolean processes;

  @Option(
      names = "--groups",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many groups. Default: 3.")
  private int groups = GROUPS;

  @Option(
      names = "--nodes-per-group",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes in each. Default: 3.")
  private int nodesPerGroup = NODES_PER_GROUP;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description =
          "How many nodes in all; with fewer than one for each place, groups share them. Default:"
              + " groups times nodes in each.")
  private @Nullable Integer nodes;

  @Option(
      names = "--enable-chaos",
      description = {
        "Lets the dashboard and flotilla chaos hurt nodes: cut them off from the others and, with",
        "--processes, kill, pause and restart them. Whoever reaches the balancer may do it then."
      })
  private boolean chaos;

  @Option(
      names = "--grafana",
      paramLabel = "URL",
      description = "Where Grafana shows this cluster, for a link in the dashboard.")
  private @Nullable String grafana;

  /**
   * What {@code --set} and the environment change.
   *
   * @throws dev.flotilla.launcher.Failure for what is no KEY=VALUE
   */
  Overrides overrides() {
    return set.overrides();
  }

  /** What {@code --set} was given, as arguments for another process. */
  List<String> setArguments() {
    return set.arguments();
  }

  boolean processes() {
    return processes;
  }

  boolean chaos() {
    return chaos;
  }

  @Nullable String grafana() {
    return grafana;
  }

  /**
   * @throws dev.flotilla.launcher.Failure when the numbers make no cluster
   */
  LocalLayout layout() {
    Integer all = nodes;
    return all == null
        ? new LocalLayout(basePort, groups, nodesPerGroup)
        : new LocalLayout(basePort, groups, nodesPerGroup, all);
  }

  /** Whether nothing was asked for. */
  boolean isPlain() {
    return arguments(Path.of("")).size() == 3; // up and where
  }

  /** The command {@code up} that does the same. */
  List<String> arguments(Path dataDirectory) {
    List<String> arguments = new ArrayList<>(List.of("up", "--data-dir", dataDirectory.toString()));
    if (basePort != LocalLayout.BALANCER_PORT) {
      arguments.addAll(List.of("--base-port", Integer.toString(basePort)));
    }
    if (processes) {
      arguments.add("--processes");
    }
    if (groups != GROUPS) {
      arguments.addAll(List.of("--groups", Integer.toString(groups)));
    }
    if (nodesPerGroup != NODES_PER_GROUP) {
      arguments.addAll(List.of("--nodes-per-group", Integer.toString(nodesPerGroup)));
    }
    Integer all = nodes;
    if (all != null) {
      arguments.addAll(List.of("--nodes", Integer.toString(all)));
    }
    if (chaos) {
      arguments.add("--enable-chaos");
    }
    String url = grafana;
    if (url != null) {
      arguments.addAll(List.of("--grafana", url));
    }
    arguments.addAll(set.arguments());
    return arguments;
  }
}
