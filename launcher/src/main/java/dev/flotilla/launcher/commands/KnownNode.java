package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.Overrides;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as we know it before asking it.
 *
 * @param groups names of the groups it belongs to, commas between
 * @param http host:port
 */
record KnownNode(String name, String groups, String http) {

  /**
   * The nodes of a cluster file, or else those that run from a data directory.
   *
   * @param config null = ask the data directory
   */
  static List<KnownNode> all(@Nullable Path config, Path dataDirectory) {
    if (config != null) {
      ClusterConfig cluster =
          ClusterConfigReader.read(config, Overrides.of(List.of(), System.getenv()));
      return cluster.nodes().stream()
          .map(node ->
              new KnownNode(
                  node.name(),
                  String.join(
                      ",", cluster.groupsOf(node).stream().map(ClusterConfig.Group::name).toList()),
                  node.http().advertise().toString()))
          .toList();
    }
    return ClusterFile.read(dataDirectory)
        .orElseThrow(() ->
            new Failure(
                ExitCode.FAILED,
                "No cluster runs from " + dataDirectory + ".",
                "Start one with: flotilla up (or name its folder with --data-dir, or its file"
                    + " with --config)."))
        .nodes()
        .stream()
        .map(node -> new KnownNode(node.name(), node.group(), node.http()))
        .toList();
  }

  List<String> groupNames() {
    return groups.isEmpty() ? List.of() : List.of(groups.split(","));
  }
}
