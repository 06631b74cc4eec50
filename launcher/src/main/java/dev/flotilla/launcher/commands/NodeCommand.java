package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.JoiningNode;
import dev.flotilla.launcher.cluster.Preflight;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.DidYouMean;
import dev.flotilla.launcher.config.HostPort;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla node}: one node in this process. */
@Command(
    name = "node",
    description = {
      "Runs one node of a cluster; with --join, a new one.",
      "",
      "Until SIGTERM or Ctrl-C, which make it hand over what it leads, flush and end. Exit code 70 when its disk failed or is damaged.",
      "",
      "With --join it starts as a node that is to join a group: it hosts a replica that waits, takes",
      "no part in any vote and does no harm, until flotilla members add lets it in. In the folder of",
      "flotilla up a new node gets its number from its name, the next free ports, and a place in the",
      "cluster file, so that it comes back with the cluster. After that it is started like any other.",
      "",
      "A node without data waits for the members that have it, also when the cluster file names it as",
      "one of its group's first. So the first nodes of a new cluster are started with --bootstrap, the",
      "first time and never again. (flotilla up knows by itself.)"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla node n10 --join g1                  a tenth node beside flotilla up, for group g1",
      "  flotilla members add g1 n10                  then, in another terminal, lets it in",
      "  flotilla node n3                             n3 of ./flotilla-data again, after kill -9",
      "  flotilla node n1 --config cluster.yaml       n1 of a cluster file of your own",
      "  flotilla node n1 --config cluster.yaml --bootstrap      its very first start",
      "  FLOTILLA_TIMINGS_HEARTBEAT=100ms flotilla node n1 --config cluster.yaml"
    })
public final class NodeCommand implements Callable<Integer> {
  private static final long STOP_MILLIS = 3_500;

  @Mixin private SetOption set = new SetOption();

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Parameters(
      paramLabel = "NODE",
      arity = "0..1",
      description = "Which node this is, as in n1. The same as --name.")
  private @Nullable String node;

  @Option(names = "--name", paramLabel = "NODE", description = "Which node this is.")
  private @Nullable String name;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The cluster file (YAML or JSON). Default: flotilla.yaml of the data directory.")
  private @Nullable Path config;

  @Option(
      names = "--bootstrap",
      description = {
        "The cluster is new: begin the groups this node is one of the first members of. Only for its",
        "first start. The same as --set bootstrap=true."
      })
  private boolean bootstrap;

  @Option(
      names = "--join",
      paramLabel = "GROUP",
      split = ",",
      description = "The group (or groups, commas between) this node is to join.")
  private List<String> join = new ArrayList<>();

  @Option(
      names = "--grpc",
      paramLabel = "HOST:PORT",
      description =
          "Where a new node listens for peers and balancers. Default: the next free port.")
  private @Nullable String grpc;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Where a new node serves its status. Default: the next free port.")
  private @Nullable String http;

  @Option(
      names = "--enable-chaos",
      description =
          "Lets whoever reaches its HTTP port cut it off from the other nodes. For demonstrations.")
  private boolean chaos;

  @Option(names = "--supervised", hidden = true)
  private boolean supervised;

  private final Terminal terminal;

  public NodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Overrides overrides = set.overridesAnd(bootstrap ? List.of("bootstrap=true") : List.of());
    String self = name();
    ClusterConfig cluster = cluster(self, overrides);
    return run(cluster, self(cluster, self), overrides);
  }

  private String name() {
    String given = node == null ? name : node;
    if (given == null || (node != null && name != null && !node.equals(name))) {
      throw new Failure(
          ExitCode.USAGE,
          given == null ? "Which node?" : "Is it " + node + " or " + name + "?",
          "As in: flotilla node n1");
    }
    return given;
  }

  private ClusterConfig cluster(String self, Overrides overrides)
      throws IOException, InterruptedException {
    JoiningNode joining =
        new JoiningNode(self, List.copyOf(join), address("--grpc", grpc), address("--http", http));
    Path file = config;
    if (file == null) {
      DataDirectory directory = new DataDirectory(dataDirectory.path());
      if (!join.isEmpty()) {
        return joining.enter(directory, overrides);
      }
      if (directory.stored().isEmpty()) {
        throw new Failure(
            ExitCode.FAILED,
            "There is no cluster in " + directory.path() + ".",
            "Start one with: flotilla up (or name its folder with --data-dir, or its file with"
                + " --config).");
      }
      return ClusterConfigReader.read(directory.configFile(), overrides);
    }
    ClusterConfig cluster = ClusterConfigReader.read(file, overrides);
    return join.isEmpty() ? cluster : joining.joined(cluster);
  }

  private static Optional<HostPort> address(String option, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Optional<HostPort> address = HostPort.parse(text).filter(parsed -> !parsed.isWildcard());
    if (address.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          option
              + ": expected an address that others can dial, such as 127.0.0.1:7010, found "
              + text,
          "");
    }
    return address;
  }

  private int run(ClusterConfig cluster, ClusterConfig.Node self, Overrides overrides)
      throws IOException {
    Preflight.portsAreFree(
        Map.of("grpc", self.grpc().listen(), "http", self.http().listen()),
        "Stop that program, or give "
            + self.name()
            + " other addresses in "
            + (config == null ? dataDirectory.path().resolve(DataDirectory.CONFIG_NAME) : config)
            + ".");
    Files.createDirectories(self.directory());
    Preflight.diskHasRoom(self.directory());
    LogFiles.start(
        cluster.logDirectory(), self.name(), LogLevel.fromEnvironment(), LogLevel.toOutput());
    overrides
        .unusedVariables()
        .forEach(variable ->
            terminal.problem("warning: " + variable + " names no key of the cluster file"));
    StopSignals signals = StopSignals.install();
    if (supervised) {
      signals.watchSupervisor(System.in);
    }
    List<ClusterConfig.Group> lost = NodeInstance.lostBy(cluster, self);
    try (NodeResources resources = NodeResources.create(1, cluster.groupsOf(self).size())) {
      NodeInstance instance =
          NodeInstance.start(
              cluster, self, resources, chaos, new ProcessEnd(self.name(), System.err));
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
      sayWhatIsNext(self);
      sayWhatItWaitsFor(lost, self);
      String why = signals.await();
      terminal.line(why + ": " + self.name() + " hands over, flushes and stops.");
      instance.shutdown(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
    return ExitCode.DONE;
  }

  private void sayWhatItWaitsFor(List<ClusterConfig.Group> lost, ClusterConfig.Node self) {
    for (ClusterConfig.Group group : lost) {
      terminal.line(
          "It holds nothing of "
              + group.name()
              + " and waits for the other members, who send it the data. Is the group new? Then start"
              + " its nodes once with --bootstrap, "
              + self.name()
              + " too.");
    }
  }

  private void sayWhatIsNext(ClusterConfig.Node self) {
    for (String group : join) {
      terminal.line("It waits to be let into " + group + ". In another terminal:");
      terminal.line(
          terminal.bold(
              "  flotilla members add "
                  + group
                  + " "
                  + self.name()
                  + (config == null
                      ? dataDirectory.argument()
                      : " --config " + config.toAbsolutePath())));
    }
  }

  private ClusterConfig.Node self(ClusterConfig cluster, String wanted) {
    List<String> names = cluster.nodes().stream().map(ClusterConfig.Node::name).toList();
    return cluster
        .node(wanted)
        .orElseThrow(() ->
            new Failure(
                ExitCode.BAD_CONFIGURATION,
                (config == null ? dataDirectory.path() : config)
                    + " has no node "
                    + wanted
                    + DidYouMean.hint(wanted, names)
                    + ".",
                "It names "
                    + String.join(", ", names)
                    + ". A new node names the group it is to join: --join GROUP."));
  }
}
