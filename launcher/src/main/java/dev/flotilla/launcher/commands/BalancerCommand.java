package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.chaos.LocalCluster;
import dev.flotilla.launcher.cluster.Preflight;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.HostPort;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.BalancerInstance;
import dev.flotilla.launcher.node.LogFiles;
import dev.flotilla.launcher.node.StopSignals;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla balancer}: one balancer in this process. */
@Command(
    name = "balancer",
    description = {
      "Runs a balancer for a cluster file until SIGTERM or Ctrl-C.",
      "It keeps nothing, so there may be any number of them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla balancer --config cluster.yaml",
      "  flotilla balancer --config cluster.yaml --set balancer.http=0.0.0.0:9090"
    })
public final class BalancerCommand implements Callable<Integer> {
  @Mixin private SetOption set = new SetOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The cluster file (YAML or JSON).")
  private Path config = Path.of("flotilla.yaml");

  @Option(
      names = "--enable-chaos",
      description = {
        "Lets the dashboard hurt the nodes of the local cluster in the data directory. Whoever reaches",
        "this balancer may do it then."
      })
  private boolean chaos;

  @Option(
      names = "--grafana",
      paramLabel = "URL",
      description = "Where Grafana shows this cluster, for a link in the dashboard.")
  private @Nullable String grafana;

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Option(names = "--supervised", hidden = true)
  private boolean supervised;

  private final Terminal terminal;

  public BalancerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Overrides overrides = set.overrides();
    ClusterConfig cluster = ClusterConfigReader.read(config, overrides);
    HostPort listen = cluster.balancer().listen();
    Preflight.portsAreFree(
        Map.of("balancer http", listen),
        "Stop that program, or choose another address with --set balancer.http=HOST:PORT.");
    // The port in the name of any but the usual one: several may log into one directory.
    boolean usual =
        listen.equals(ClusterConfigReader.read(config, Overrides.none()).balancer().listen());
    LogFiles.start(
        cluster.logDirectory(),
        usual ? "balancer" : "balancer-" + listen.port(),
        LogLevel.fromEnvironment(),
        LogLevel.toOutput());
    overrides
        .unusedVariables()
        .forEach(variable ->
            terminal.problem("warning: " + variable + " names no key of the cluster file"));
    StopSignals signals = StopSignals.install();
    if (supervised) {
      signals.watchSupervisor(System.in);
    }
    try (BalancerInstance balancer = BalancerInstance.start(cluster, operator(), null)) {
      terminal.line(
          "balancer of "
              + cluster.clusterId()
              + " serves http on "
              + listen
              + ", pid "
              + ProcessHandle.current().pid());
      terminal.line(signals.await() + ": the balancer answers what is in flight and stops.");
    }
    return ExitCode.DONE;
  }

  private BalancerInstance.Operator operator() {
    return new BalancerInstance.Operator(
        chaos ? new LocalCluster(dataDirectory.path()) : null, grafana);
  }
}
