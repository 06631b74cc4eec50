package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.DataDirectoryLock;
import dev.flotilla.launcher.cluster.Detached;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.cluster.Preflight;
import dev.flotilla.launcher.cluster.RunningLauncher;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.logs.LogDirectory;
import dev.flotilla.launcher.logs.LogLine;
import dev.flotilla.launcher.logs.LogSession;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla start}: {@code flotilla up} in the background. */
@Command(
    name = "start",
    description = {
      "Starts a cluster as flotilla up does, in the background.",
      "Waits until it serves. It goes on when the terminal is closed, until flotilla stop.",
      "",
      "When it runs already, that is said, and the exit code is 0. What it prints is in logs/up.out of",
      "the data directory; when it does not come up, the end of that is shown."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla start                      three groups of three nodes, all in one process",
      "  flotilla start --processes          a process for each, to kill as you like",
      "  flotilla start --fresh              deletes the cluster's data first",
      "  flotilla start --data-dir /tmp/five --groups 1 --nodes-per-group 5 --base-port 18080",
      "  flotilla stop                       ends it"
    })
public final class StartCommand implements Callable<Integer> {
  /** Longer than up itself waits, so that it can say what is missing. */
  private static final Duration READY_PATIENCE = Duration.ofSeconds(240);

  /** Of a cluster that is there already. */
  private static final Duration RUNNING_PATIENCE = Duration.ofSeconds(10);

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
  private static final long LOOK_MILLIS = 100;
  private static final int LINES_SHOWN = 20;

  /** What {@code flotilla logs up} shows. */
  private static final String OUTPUT = "up.out";

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private UpOptions up = new UpOptions();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--fresh",
      description = "Deletes the cluster's data first. There is no way back.")
  private boolean fresh;

  private final Terminal terminal;
  private final Outside outside;

  /** Starts a process that outlives us. */
  @FunctionalInterface
  interface Starter {
    Process start(List<String> command, Path output) throws IOException;
  }

  /**
   * What a test puts something else in the place of.
   *
   * @param script the start script; null = not known
   */
  record Outside(
      @Nullable String script, Starter starter, RunningLauncher.Locks locks, Patience patience) {}

  public StartCommand(Terminal terminal) {
    this(
        terminal,
        new Outside(
            System.getProperty("flotilla.script"),
            Detached::start,
            RunningLauncher::lockHolder,
            Patience.ofTheClock()));
  }

  StartCommand(Terminal terminal, Outside outside) {
    this.terminal = terminal;
    this.outside = outside;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long beganNanos = outside.patience().nanoTime();
    up.overrides(); // complains of what is no KEY=VALUE
    LocalLayout layout = up.layout();
    DataDirectory directory = new DataDirectory(dataDirectory.path());
    Path log = new LogDirectory(directory.path()).path().resolve(OUTPUT);
    Optional<RunningLauncher> running = RunningLauncher.find(directory.path(), outside.locks());
    try (NodeProbe probe = new NodeProbe(PROBE_TIMEOUT)) {
      ClusterFile file =
          running.isPresent()
              ? alreadyRunning(running.get(), probe)
              : start(layout, directory, log, probe);
      long millis = (outside.patience().nanoTime() - beganNanos) / 1_000_000;
      StartScreen screen = new StartScreen(file, directory.path());
      if (output.json()) {
        terminal.line(OutputOption.toJson(screen.document(running.isPresent(), millis, log)));
      } else {
        screen.print(terminal, headline(running.isPresent(), millis), dataDirectory.argument());
      }
    }
    return ExitCode.DONE;
  }

  private String headline(boolean alreadyRunning, long millis) {
    if (!alreadyRunning) {
      return terminal.green("Ready") + String.format(Locale.ROOT, " in %.1f s", millis / 1e3);
    }
    return terminal.green("Runs already")
        + (up.isPlain() ? "" : " as it was started; the options given here change nothing");
  }

  private ClusterFile alreadyRunning(RunningLauncher launcher, NodeProbe probe)
      throws InterruptedException {
    if (fresh) {
      throw new Failure(
          ExitCode.FAILED,
          "The cluster runs (pid " + launcher.pid() + "); its data cannot be deleted.",
          "Stop it first: flotilla stop" + dataDirectory.argument());
    }
    String balancer = launcher.file().balancer().http();
    if (!outside.patience().until(() -> probe.isReady(balancer), RUNNING_PATIENCE, LOOK_MILLIS)) {
      throw new Failure(
          ExitCode.NO_QUORUM,
          "The cluster runs (pid " + launcher.pid() + "), but not every group has a leader.",
          "See: flotilla status" + dataDirectory.argument());
    }
    return launcher.file();
  }

  private ClusterFile start(LocalLayout layout, DataDirectory directory, Path log, NodeProbe probe)
      throws IOException, InterruptedException {
    String script = outside.script();
    if (script == null) {
      throw new Failure(
          ExitCode.FAILED,
          "flotilla start needs the start script, which knows how to start each process.",
          "Run ./flotilla rather than java, or name it with -Dflotilla.script=FILE.");
    }
    Preflight.portsAreFree(
        layout.config("preflight", directory.path(), ClusterConfig.Tuning.DEFAULT));
    if (fresh) {
      clear(directory);
    }
    Files.createDirectories(new LogDirectory(directory.path()).path());
    List<String> command = new ArrayList<>(List.of(script));
    command.addAll(up.arguments(directory.path()));
    long beganMillis = System.currentTimeMillis();
    Process process = outside.starter().start(command, log);
    return await(process, beganMillis, directory.path(), log, probe);
  }

  /** Here rather than by the process that is started: the folder of its output is deleted too. */
  private void clear(DataDirectory directory) throws IOException, InterruptedException {
    try (DataDirectoryLock _ = DataDirectoryLock.acquire(directory.path(), LOCK_PATIENCE)) {
      // A node that joined and still runs must not lose its files under its feet.
      directory.stored().ifPresent(Preflight::portsAreFree);
      if (directory.clear() && !output.json()) {
        terminal.line("Deleted the data in " + directory.path());
      }
    }
  }

  private ClusterFile await(
      Process process, long beganMillis, Path directory, Path log, NodeProbe probe)
      throws IOException, InterruptedException {
    if (!output.json()) {
      terminal.line("Starting in the background, pid " + process.pid() + ". Output: " + log);
    }
    List<ClusterFile> ready = new ArrayList<>(1);
    long beganNanos = outside.patience().nanoTime();
    boolean settled =
        outside
            .patience()
            .until(
                () -> {
                  terminal.progress(
                      "waiting for the cluster, "
                          + (outside.patience().nanoTime() - beganNanos) / 1_000_000_000L
                          + " s");
                  written(directory, process.pid(), beganMillis)
                      .filter(file -> probe.isReady(file.balancer().http()))
                      .ifPresent(ready::add);
                  return !ready.isEmpty() || !process.isAlive();
                },
                READY_PATIENCE,
                LOOK_MILLIS);
    if (!ready.isEmpty()) {
      return ready.getFirst();
    }
    if (settled) {
      throw ended(process.exitValue(), directory, log);
    }
    throw new Failure(
        ExitCode.NO_QUORUM,
        "The cluster is not ready after "
            + READY_PATIENCE.toSeconds()
            + " s; process "
            + process.pid()
            + " goes on trying.",
        "See: flotilla logs"
            + dataDirectory.argument()
            + ". To end it: flotilla stop"
            + dataDirectory.argument());
  }

  /** The file of the cluster that was started here, not one that was left behind. */
  private static Optional<ClusterFile> written(Path directory, long pid, long beganMillis) {
    try {
      return ClusterFile.read(directory)
          .filter(file -> file.launcherPid() == pid || file.startedMillis() >= beganMillis);
    } catch (Failure e) {
      return Optional.empty(); // damaged, and soon replaced
    }
  }

  private static Failure ended(int status, Path directory, Path log) throws IOException {
    LogDirectory logs = new LogDirectory(directory);
    StringBuilder message = new StringBuilder("flotilla up ").append(ExitText.of(status));
    message.append(" before the cluster was ready.");
    try (LogSession session =
        new LogSession(() -> logs.named(OUTPUT).stream().toList(), line -> true)) {
      List<LogLine> lines = session.tail(LINES_SHOWN, false).lines();
      if (!lines.isEmpty()) {
        message.append(" The end of ").append(log).append(':');
      }
      for (LogLine line : lines) {
        message.append(System.lineSeparator()).append("  ").append(line.text());
      }
    }
    int code =
        switch (status) {
          case ExitCode.USAGE, ExitCode.NO_QUORUM, ExitCode.STORAGE, ExitCode.BAD_CONFIGURATION ->
              status;
          default -> ExitCode.FAILED;
        };
    return new Failure(
        code, message.toString(), "All it printed is in " + log + ", its log beside that.");
  }
}
