package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.DidYouMean;
import dev.flotilla.launcher.config.Overrides;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command that talks to nodes finds them. */
public final class ClusterOptions {
  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The cluster file. Default: flotilla.yaml of the data directory.")
  private @Nullable Path config;

  OutputOption output() {
    return output;
  }

  ClusterConfig cluster() {
    Overrides overrides = Overrides.of(List.of(), System.getenv());
    Path file = config;
    if (file != null) {
      return ClusterConfigReader.read(file, overrides);
    }
    DataDirectory directory = new DataDirectory(dataDirectory.path());
    if (directory.stored().isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          "There is no cluster in " + directory.path() + ".",
          "Start one with: flotilla up (or name its folder with --data-dir, or its file with"
              + " --config).");
    }
    return ClusterConfigReader.read(directory.configFile(), overrides);
  }

  /**
   * What a command to paste must say to mean the same cluster; begins with a space, if not empty.
   */
  String arguments() {
    Path file = config;
    return file == null ? dataDirectory.argument() : " --config " + file;
  }

  static ClusterConfig.Group group(ClusterConfig cluster, String name) {
    List<String> names = cluster.groups().stream().map(ClusterConfig.Group::name).toList();
    return cluster
        .group(name)
        .orElseThrow(() ->
            new Failure(
                ExitCode.NOT_FOUND,
                "There is no group " + name + DidYouMean.hint(name, names) + ".",
                "The cluster has " + String.join(", ", names) + "."));
  }
}
