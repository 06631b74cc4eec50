package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.Preflight;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.DidYouMean;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.LogFiles;
import dev.flotilla.launcher.node.NodeInstance;
import dev.flotilla.launcher.node.NodeResources;
import dev.flotilla.launcher.node.ProcessEnd;
import dev.flotilla.launcher.node.StopSignals;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla node}: one node in this process. */
@Command(
    name = "node",
    description = {
      "Runs one node of a cluster file until SIGTERM or Ctrl-C, which make it hand over what it",
      "leads, flush and end. Exit code 70 when its disk failed or is damaged."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla node --config cluster.yaml --name n1",
      "  flotilla node --config flotilla-data/flotilla.yaml --name n3   after kill -9 of n3",
      "  FLOTILLA_TIMINGS_HEARTBEAT=100ms flotilla node --config cluster.yaml --name n1"
    })
public final class NodeCommand implements Callable<Integer> {
  private static final long STOP_MILLIS = 3_500;

  @Mixin private SetOption set = new SetOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The cluster file (YAML or JSON).")
  private Path config = Path.of("flotilla.yaml");

  @Option(
      names = "--name",
      paramLabel = "NODE",
      required = true,
      description = "Which of the file's nodes this is.")
  private String name = "";

  @Option(names = "--supervised", hidden = true)
  private boolean supervised;

  private final Terminal terminal;

  public NodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Overrides overrides = set.overrides();
    ClusterConfig cluster = ClusterConfigReader.read(config, overrides);
    ClusterConfig.Node self = self(cluster);
    Preflight.portsAreFree(
        Map.of("grpc", self.grpc().listen(), "http", self.http().listen()),
        "Stop that program, or give " + name + " other addresses in " + config + ".");
    Files.createDirectories(self.directory());
    Preflight.diskHasRoom(self.directory());
    LogFiles.start(cluster.logDirectory(), self.name(), LogLevel.fromEnvironment());
    overrides
        .unusedVariables()
        .forEach(variable ->
            terminal.problem("warning: " + variable + " names no key of the cluster file"));
    StopSignals signals = StopSignals.install();
    if (supervised) {
      signals.watchSupervisor(System.in);
    }
    try (NodeResources resources = NodeResources.create(1)) {
      NodeInstance node =
          NodeInstance.start(cluster, self, resources, new ProcessEnd(self.name(), System.err));
      terminal.line(
          self.name()
              + " of "
              + cluster.clusterId()
              + " serves: grpc "
              + self.grpc().listen()
              + ", http "
              + self.http().listen()
              + ", pid "
              + ProcessHandle.current().pid());
      String why = signals.await();
      terminal.line(why + ": " + self.name() + " hands over, flushes and stops.");
      node.shutdown(STOP_MILLIS);
    }
    return ExitCode.DONE;
  }

  private ClusterConfig.Node self(ClusterConfig cluster) {
    List<String> names = cluster.nodes().stream().map(ClusterConfig.Node::name).toList();
    return cluster.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new Failure(
                ExitCode.BAD_CONFIGURATION,
                config + " has no node " + name + DidYouMean.hint(name, names) + ".",
                "It names " + String.join(", ", names) + "."));
  }
}
