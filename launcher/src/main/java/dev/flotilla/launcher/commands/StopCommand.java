package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.cluster.RunningLauncher;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla stop}. */
@Command(
    name = "stop",
    description = {
      "Ends the cluster that runs from a data directory; its data stays.",
      "It may be one of flotilla start or of flotilla up: it hands over leaderships, flushes and ends.",
      "",
      "Waits up to 10 seconds and says how long it took. Only a process that holds the directory's lock",
      "is ever signalled. Exit code 0 when nothing runs, 1 when it does not end."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla stop",
      "  flotilla stop --data-dir /tmp/five",
      "  flotilla stop --kill                by force, if it has not ended after 10 seconds"
    })
public final class StopCommand implements Callable<Integer> {
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 50;

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--kill",
      description = {
        "Ends it by force when it has not ended after 10 seconds. Every write that was answered is on",
        "the disks; the next start replays the log."
      })
  private boolean kill;

  private final Terminal terminal;
  private final RunningLauncher.Locks locks;
  private final Patience patience;

  public StopCommand(Terminal terminal) {
    this(terminal, RunningLauncher::lockHolder, Patience.ofTheClock());
  }

  StopCommand(Terminal terminal, RunningLauncher.Locks locks, Patience patience) {
    this.terminal = terminal;
    this.locks = locks;
    this.patience = patience;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = dataDirectory.path().toAbsolutePath().normalize();
    Optional<RunningLauncher> running = RunningLauncher.find(directory, locks);
    if (running.isEmpty()) {
      say(false, false, 0, 0, "Nothing runs from " + directory + ".");
      return ExitCode.DONE;
    }
    RunningLauncher launcher = running.get();
    long pid = launcher.pid();
    long beganNanos = patience.nanoTime();
    if (!launcher.terminate() && !launcher.hasEnded()) {
      throw new Failure(
          ExitCode.FAILED,
          "The system does not let this user end process " + pid + ".",
          "Stop it as the user who started it.");
    }
    boolean ended = patience.until(launcher::hasEnded, END_PATIENCE, LOOK_MILLIS);
    boolean killed = false;
    if (!ended && kill) {
      killed = launcher.kill();
      ended = patience.until(launcher::hasEnded, KILL_PATIENCE, LOOK_MILLIS);
    }
    long millis = (patience.nanoTime() - beganNanos) / 1_000_000;
    if (!ended) {
      throw new Failure(
          ExitCode.FAILED,
          "Process " + pid + " has not ended after " + millis + " ms.",
          kill
              ? "It may hang in the kernel, on a disk that does not answer."
              : "By force: flotilla stop --kill" + dataDirectory.argument());
    }
    say(
        true,
        killed,
        pid,
        millis,
        (killed
                ? "Killed (pid " + pid + ") after "
                : terminal.green("Stopped") + " (pid " + pid + ") in ")
            + millis
            + " ms.");
    return ExitCode.DONE;
  }

  private void say(boolean stopped, boolean killed, long pid, long millis, String text) {
    if (!output.json()) {
      terminal.line(text);
      return;
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("stopped", stopped);
    if (stopped) {
      document.put("pid", pid);
      document.put("millis", millis);
      document.put("killed", killed);
    }
    terminal.line(OutputOption.toJson(document));
  }
}
