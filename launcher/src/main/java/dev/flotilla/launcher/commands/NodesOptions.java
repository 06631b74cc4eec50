package dev.flotilla.launcher.commands;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command that only asks nodes finds them, and how it prints what they say. */
public final class NodesOptions {
  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Asks the nodes this cluster file names, instead of those in cluster.json.")
  private @Nullable Path config;

  OutputOption output() {
    return output;
  }

  /**
   * The nodes to ask.
   *
   * @throws dev.flotilla.launcher.Failure when there is no such cluster
   */
  List<KnownNode> known() {
    return KnownNode.all(config, dataDirectory.path());
  }
}
