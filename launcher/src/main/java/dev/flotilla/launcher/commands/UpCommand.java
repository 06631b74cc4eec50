package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.Version;
import dev.flotilla.launcher.chaos.LocalCluster;
import dev.flotilla.launcher.cluster.ClusterFileKeeper;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.DataDirectoryLock;
import dev.flotilla.launcher.cluster.JvmCluster;
import dev.flotilla.launcher.cluster.LateNodes;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.Preflight;
import dev.flotilla.launcher.cluster.ProcessCluster;
import dev.flotilla.launcher.cluster.Readiness;
import dev.flotilla.launcher.cluster.RunningCluster;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.node.BalancerInstance;
import dev.flotilla.launcher.node.LogFiles;
import dev.flotilla.launcher.node.NodeInstance;
import dev.flotilla.launcher.node.ProcessEnd;
import dev.flotilla.launcher.node.StopSignals;
import dev.flotilla.launcher.terminal.Banner;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla up}: a whole cluster on this machine. */
@Command(
    name = "up",
    description = {
      "Starts a cluster on this machine: nodes, in groups, and the balancer in front.",
      "Runs until Ctrl-C, which hands over leaderships, flushes and ends; a second one ends at once."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla up                         three groups of three nodes, all in one process",
      "  flotilla up --processes             a process for each, to kill as you like",
      "  flotilla up --base-port 18080       every port shifted by 10000",
      "  flotilla up --fresh                 deletes the cluster's data first",
      "  flotilla up --groups 1 --nodes-per-group 5 --data-dir /tmp/five",
      "  flotilla up --groups 16 --nodes 3   sixteen groups, all on the same three nodes"
    })
public final class UpCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);

  /** For a launcher that was just told to end, or whose children just died. */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  private static final Duration READY_PATIENCE = Duration.ofSeconds(180);

  /** Ctrl-C must be obeyed in under five seconds, the JVM's own end included. */
  private static final Duration STOP_BUDGET = Duration.ofMillis(4_000);

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private UpOptions options = new UpOptions();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--fresh",
      description = "Deletes the cluster's data first. There is no way back.")
  private boolean fresh;

  private final Terminal terminal;
  private final AtomicReference<@Nullable ClusterFileKeeper> keeper = new AtomicReference<>();

  public UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long beganNanos = System.nanoTime();
    LocalLayout layout = options.layout();
    Overrides overrides = options.overrides();
    DataDirectory directory = new DataDirectory(dataDirectory.path());
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(directory.path(), LOCK_PATIENCE)) {
      return run(layout, directory, overrides, beganNanos);
    }
  }

  private int run(LocalLayout layout, DataDirectory directory, Overrides overrides, long beganNanos)
      throws IOException, InterruptedException {
    Preflight.portsAreFree(
        layout.config("preflight", directory.path(), ClusterConfig.Tuning.DEFAULT));
    if (fresh) {
      // A node that joined and still runs must not lose its files under its feet.
      directory.stored().ifPresent(Preflight::portsAreFree);
    }
    if (fresh && directory.clear()) {
      say("Deleted the data in " + directory.path());
    }
    ClusterConfig config = directory.prepare(layout, overrides);
    Preflight.portsAreFree(config);
    Preflight.diskHasRoom(directory.path());
    LogFiles.start(
        config.logDirectory(),
        options.processes() ? "supervisor" : "flotilla",
        LogLevel.fromEnvironment(),
        false);
    overrides
        .unusedVariables()
        .forEach(
            name -> terminal.problem("warning: " + name + " names no key of the cluster file"));
    if (!output.json()) {
      Banner.print(terminal, Version.text(), shape(config));
    }
    sayWhatIsMissing(config);
    StopSignals signals = StopSignals.install();
    RunningCluster cluster = start(config, directory, signals);
    try (LateNodes late = new LateNodes(directory, config, lateNodes());
        ClusterFileKeeper file =
            new ClusterFileKeeper(directory, config, options.processes(), cluster, late)) {
      keeper.set(file);
      file.update();
      late.start();
      int code = serve(config, directory, cluster, signals, beganNanos);
      stop(cluster, late);
      return code;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.stop(STOP_BUDGET);
      throw e;
    }
  }

  /** A node without data waits for its group's members; with nobody who has any, for ever. */
  private void sayWhatIsMissing(ClusterConfig config) {
    for (ClusterConfig.Group group : config.groups()) {
      List<ClusterConfig.Node> hosts = config.hostsOf(group);
      List<ClusterConfig.Node> without =
          hosts.stream().filter(node -> NodeInstance.lostBy(config, node).contains(group)).toList();
      if (!without.isEmpty()) {
        boolean all = without.size() == hosts.size();
        terminal.problem(
            "warning: "
                + group.name()
                + " has begun, but "
                + without.stream().map(ClusterConfig.Node::name).collect(Collectors.joining(", "))
                + (without.size() == 1 ? " holds" : " hold")
                + " nothing of it: "
                + (all
                    ? "its data is gone. Put it back, or give it up with --set bootstrap=true."
                    : "to be brought up to date by the others."));
      }
    }
  }

  private RunningCluster start(ClusterConfig config, DataDirectory directory, StopSignals signals)
      throws IOException {
    LOG.info("event=up cluster={} processes={}", config.clusterId(), options.processes());
    if (!options.processes()) {
      return JvmCluster.start(
          config,
          options.chaos(),
          new BalancerInstance.Operator(
              options.chaos() ? new LocalCluster(directory.path()) : null, options.grafana()),
          new ProcessEnd("The whole cluster, which shares this process,", System.err));
    }
    String script = System.getProperty("flotilla.script");
    if (script == null) {
      throw new Failure(
          ExitCode.FAILED,
          "--processes needs the start script, which knows how to start each process.",
          "Run ./flotilla rather than java, or name it with -Dflotilla.script=FILE.");
    }
    ProcessCluster cluster =
        new ProcessCluster(
            config,
            directory.configFile(),
            nodeArguments(),
            balancerArguments(directory),
            Path.of(script),
            children(signals));
    cluster.start();
    return cluster;
  }

  private List<String> nodeArguments() {
    List<String> arguments = new ArrayList<>(options.setArguments());
    if (options.chaos()) {
      arguments.add("--enable-chaos");
    }
    return arguments;
  }

  private List<String> balancerArguments(DataDirectory directory) {
    List<String> arguments = new ArrayList<>(List.of("--data-dir", directory.path().toString()));
    String grafana = options.grafana();
    if (grafana != null) {
      arguments.addAll(List.of("--grafana", grafana));
    }
    return arguments;
  }

  /** Waits until the cluster serves, shows it, and waits for the end. */
  private int serve(
      ClusterConfig config,
      DataDirectory directory,
      RunningCluster cluster,
      StopSignals signals,
      long beganNanos)
      throws IOException, InterruptedException {
    Readiness.Found found;
    try (NodeProbe probe = new NodeProbe(Duration.ofSeconds(2))) {
      found =
          new Readiness(config, probe)
              .await(
                  READY_PATIENCE,
                  () ->
                      signals.isAsked()
                          || cluster instanceof ProcessCluster children && children.anyEnded(),
                  terminal::progress);
    }
    if (found.serves()) {
      directory.begun();
      Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
      if (output.json()) {
        say(ReadyDocument.of(config, directory, cluster, took));
      } else {
        new UpScreen(terminal, config, directory.path())
            .ready(found.nodes(), cluster, took, options.processes());
      }
    } else if (!signals.isAsked()) {
      terminal.problem(
          "error: not ready after "
              + Duration.ofNanos(System.nanoTime() - beganNanos).toSeconds()
              + " s: no leader or no answer from "
              + String.join(", ", found.missing())
              + ". The logs are in "
              + config.logDirectory()
              + ".");
      return ExitCode.NO_QUORUM;
    }
    String why = signals.await();
    LOG.info("event=stopping why=\"{}\"", why);
    if (why.equals(ALL_ENDED)) {
      terminal.problem(
          "error: no process of the cluster is left. The same command starts it again;"
              + " every write that was answered is on the disks.");
      return ExitCode.FAILED;
    }
    if (!output.json()) {
      terminal.line();
      terminal.line(why + ": handing over, flushing, stopping. Ctrl-C again ends at once.");
    }
    return ExitCode.DONE;
  }

  private void stop(RunningCluster cluster, LateNodes late) {
    long beganNanos = System.nanoTime();
    // They hand over to nodes that still run.
    boolean orderly = late.stop(STOP_BUDGET.dividedBy(2));
    orderly &= cluster.stop(STOP_BUDGET.minusNanos(System.nanoTime() - beganNanos));
    long millis = (System.nanoTime() - beganNanos) / 1_000_000;
    LOG.info("event=stopped orderly={} millis={}", orderly, millis);
    if (!output.json()) {
      terminal.line(
          orderly
              ? "Stopped in " + millis + " ms."
              : "Stopped in "
                  + millis
                  + " ms; not everything could be flushed in time, the next start replays the log.");
    }
  }

  private LateNodes.Listener lateNodes() {
    return new LateNodes.Listener() {
      @Override
      public void joined(String name, long pid) {
        LOG.info("event=node-joined name={} pid={}", name, pid);
        terminal.line(terminal.green(name + " is here") + ", pid " + pid);
        updateFile();
      }

      @Override
      public void ended(String name, long pid) {
        LOG.warn("event=late-node-ended name={} pid={}", name, pid);
        terminal.problem(
            terminal.red(name + " (pid " + pid + ") ended")
                + ". Start it again with: flotilla node "
                + name);
        updateFile();
      }
    };
  }

  private static final String ALL_ENDED = "every process ended";

  private ProcessCluster.Listener children(StopSignals signals) {
    return new ProcessCluster.Listener() {
      @Override
      public void childEnded(String name, long pid, int exitCode, Path log, String command) {
        LOG.warn("event=child-ended name={} pid={} exit={}", name, pid, exitCode);
        terminal.problem(
            terminal.red(name + " (pid " + pid + ") " + ExitText.of(exitCode))
                + ". Its log: "
                + log
                + "\n  start it again with: "
                + command);
        updateFile();
      }

      @Override
      public void childReturned(String name, long pid) {
        LOG.info("event=child-returned name={} pid={}", name, pid);
        terminal.line(terminal.green(name + " is back") + ", pid " + pid);
        updateFile();
      }

      @Override
      public void allEnded() {
        signals.stop(ALL_ENDED);
      }
    };
  }

  private void updateFile() {
    ClusterFileKeeper file = keeper.get();
    if (file == null) {
      return;
    }
    try {
      file.update();
    } catch (IOException e) {
      LOG.warn("event=cluster-file-not-written", e);
      terminal.problem("warning: cluster.json could not be written: " + e.getMessage());
    }
  }

  private void say(Map<String, ? extends @Nullable Object> document) {
    terminal.line(OutputOption.toJson(document));
  }

  private void say(String text) {
    if (output.json()) {
      say(new LinkedHashMap<>(Map.of("message", text)));
    } else {
      terminal.line(text);
    }
  }

  private static String shape(ClusterConfig config) {
    List<ClusterConfig.Group> groups = config.groups();
    return config.nodes().size()
        + " nodes in "
        + groups.size()
        + (groups.size() == 1 ? " Raft group" : " Raft groups")
        + ", one ring, one front door";
  }
}
