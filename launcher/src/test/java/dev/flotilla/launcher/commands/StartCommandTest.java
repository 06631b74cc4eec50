package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.cluster.RunningLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCommandTest {
  @TempDir Path directory;

  private final CommandRun run = new CommandRun();
  private final List<List<String>> started = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private FakeBalancer balancer;
  private FakeLauncher launcher;

  @BeforeEach
  void startFakes() throws IOException {
    balancer = new FakeBalancer();
    launcher = new FakeLauncher(false);
  }

  @AfterEach
  void stopFakes() throws IOException {
    balancer.close();
    launcher.close();
  }

  private int start(StartCommand.Starter starter, RunningLauncher.Locks locks, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--data-dir", directory.toString()));
    all.addAll(List.of("--base-port", Integer.toString(FreePorts.base())));
    all.addAll(List.of(arguments));
    Patience patience = new Patience(nanos::get, millis -> nanos.addAndGet(millis * 1_000_000));
    return run.run(
        new StartCommand(
            run.terminal, new StartCommand.Outside("/x/flotilla", starter, locks, patience)),
        all.toArray(String[]::new));
  }

  /** One that comes up at once. */
  private Process comesUp(List<String> command, Path output) throws IOException {
    started.add(command);
    launcher.write(directory, balancer.address());
    return launcher.process;
  }

  @Test
  void whatUpWouldPrintIsPrintedAndWhatIsNext() throws IOException {
    assertThat(start(this::comesUp, RunningLauncher::lockHolder)).isEqualTo(ExitCode.DONE);
    assertThat(run.out())
        .contains(
            "n1    g1     127.0.0.1:7001",
            "Ready in 0.0 s   balancer " + balancer.url(),
            "  flotilla stop --data-dir " + directory);
    assertThat(started.getFirst()).startsWith("/x/flotilla", "up", "--data-dir");
    assertThat(directory.resolve("logs")).isDirectory();
  }

  @Test
  void optionsAreHandedOn() throws IOException {
    start(
        this::comesUp,
        RunningLauncher::lockHolder,
        "--processes",
        "--groups",
        "2",
        "--nodes-per-group",
        "1",
        "--nodes",
        "2",
        "--enable-chaos",
        "--grafana",
        "http://h",
        "--set",
        "timings.heartbeat=100ms");
    assertThat(String.join(" ", started.getFirst()))
        .endsWith(
            " --processes --groups 2 --nodes-per-group 1 --nodes 2 --enable-chaos"
                + " --grafana http://h --set timings.heartbeat=100ms");
  }

  @Test
  void jsonIsOneDocument() throws IOException {
    assertThat(start(this::comesUp, RunningLauncher::lockHolder, "-o", "json"))
        .isEqualTo(ExitCode.DONE);
    assertThat(run.outLines())
        .singleElement()
        .asString()
        .startsWith("{\"ready\":true,\"alreadyRunning\":false,")
        .contains("\"pid\":" + launcher.process.pid(), "\"groups\":[\"g1\"]");
  }

  @Test
  void oneThatEndsFirstIsShownWithItsLastWords() throws IOException {
    StartCommand.Starter fails =
        (command, output) -> {
          Files.writeString(output, "error: 2 ports are taken\n");
          launcher.close();
          return launcher.process;
        };
    assertThat(start(fails, RunningLauncher::lockHolder)).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .contains("before the cluster was ready", "  error: 2 ports are taken", "up.out");
  }

  @Test
  void itsExitCodeIsOursWhereItMeansSomething() throws IOException {
    Process refuses = new ProcessBuilder("sh", "-c", "exit 78").start();
    refuses.onExit().join();
    assertThat(start((command, output) -> refuses, RunningLauncher::lockHolder))
        .isEqualTo(ExitCode.BAD_CONFIGURATION);
    Process notReady = new ProcessBuilder("sh", "-c", "exit 5").start();
    notReady.onExit().join();
    assertThat(start((command, output) -> notReady, RunningLauncher::lockHolder))
        .isEqualTo(ExitCode.NO_QUORUM);
  }

  @Test
  void patienceEndsAndTheProcessStays() throws IOException {
    balancer.ready = false;
    // Looks are counted instead of timed: each costs a request.
    Patience impatient = new Patience(nanos::get, millis -> nanos.addAndGet(300_000_000_000L));
    int code =
        run.run(
            new StartCommand(
                run.terminal,
                new StartCommand.Outside(
                    "/x/flotilla", this::comesUp, RunningLauncher::lockHolder, impatient)),
            "--data-dir",
            directory.toString(),
            "--base-port",
            Integer.toString(FreePorts.base()));
    assertThat(code).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(run.err()).contains("not ready after 240 s", "flotilla stop --data-dir");
    assertThat(launcher.process.isAlive()).isTrue();
  }

  @Test
  void aFileThatWasLeftBehindIsNotTheClusterThatWasStarted() throws IOException {
    FakeLauncher.write(directory, 4_000_000, 1, balancer.address());
    StartCommand.Starter silent = (command, output) -> launcher.process;
    assertThat(start(silent, RunningLauncher::lockHolder)).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(balancer.requests).isEmpty();
  }

  @Test
  void oneThatRunsAlreadyIsNotStartedAgain() throws IOException {
    launcher.write(directory, balancer.address());
    assertThat(start(this::comesUp, launcher.locks())).isEqualTo(ExitCode.DONE);
    assertThat(started).isEmpty();
    assertThat(run.out()).contains("Runs already as it was started", balancer.url());
  }

  @Test
  void oneThatRunsAndServesNobodyIsFive() throws IOException {
    balancer.ready = false;
    launcher.write(directory, balancer.address());
    assertThat(start(this::comesUp, launcher.locks())).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(run.err()).contains("not every group has a leader");
    assertThat(started).isEmpty();
  }

  @Test
  void theDataOfOneThatRunsIsNotDeleted() throws IOException {
    launcher.write(directory, balancer.address());
    assertThat(start(this::comesUp, launcher.locks(), "--fresh")).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("Stop it first: flotilla stop");
    assertThat(started).isEmpty();
  }

  @Test
  void someoneElseInTheFolderIsNamed() throws IOException {
    assertThat(start(this::comesUp, folder -> Optional.of("77"))).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("in use by process 77");
    assertThat(started).isEmpty();
  }

  @Test
  void numbersThatMakeNoClusterAreMisuse() throws IOException {
    assertThat(start(this::comesUp, RunningLauncher::lockHolder, "--groups", "0"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(started).isEmpty();
  }

  @Test
  void withoutTheStartScriptThereIsAdvice() throws IOException {
    StartCommand.Outside outside =
        new StartCommand.Outside(
            null, this::comesUp, RunningLauncher::lockHolder, launcher.withoutWaiting());
    assertThat(
            run.run(
                new StartCommand(run.terminal, outside),
                "--data-dir",
                directory.resolve("new").toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("./flotilla rather than java");
  }
}
