package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.cluster.RunningLauncher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopCommandTest {
  private static final int SIGKILL = 128 + 9;
  private static final int SIGTERM = 128 + 15;

  @TempDir Path directory;

  private final CommandRun run = new CommandRun();

  private int stop(RunningLauncher.Locks locks, Patience patience, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--data-dir", directory.toString()));
    all.addAll(List.of(arguments));
    return run.run(new StopCommand(run.terminal, locks, patience), all.toArray(String[]::new));
  }

  @Test
  void itIsAskedToEndAndWaitedFor() throws IOException {
    try (FakeLauncher launcher = new FakeLauncher(false)) {
      launcher.write(directory, "127.0.0.1:1");
      assertThat(stop(launcher.locks(), launcher.untilItEnds())).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).startsWith("Stopped (pid " + launcher.process.pid() + ") in ");
      assertThat(launcher.process.exitValue()).isEqualTo(SIGTERM);
    }
  }

  @Test
  void jsonSaysHowLongItTook() throws IOException {
    try (FakeLauncher launcher = new FakeLauncher(false)) {
      launcher.write(directory, "127.0.0.1:1");
      assertThat(stop(launcher.locks(), launcher.untilItEnds(), "-o", "json"))
          .isEqualTo(ExitCode.DONE);
      assertThat(run.out())
          .startsWith("{\"stopped\":true,\"pid\":" + launcher.process.pid() + ",\"millis\":")
          .contains("\"killed\":false}");
    }
  }

  @Test
  void oneThatDoesNotEndIsNotKilledUnlessAskedFor() throws IOException {
    try (FakeLauncher launcher = new FakeLauncher(true)) {
      launcher.write(directory, "127.0.0.1:1");
      assertThat(stop(launcher.locks(), launcher.withoutWaiting())).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("has not ended after 10000 ms", "flotilla stop --kill");
      assertThat(launcher.process.isAlive()).isTrue();
    }
  }

  @Test
  void itIsKilledWhenAskedForAndPatienceEnded() throws IOException, InterruptedException {
    try (FakeLauncher launcher = new FakeLauncher(true)) {
      launcher.write(directory, "127.0.0.1:1");
      // The first ten seconds pass at once; then the process is waited for.
      Patience patience =
          new Patience(
              launcher.nanos::get,
              millis -> {
                if (launcher.nanos.addAndGet(millis * 1_000_000) > 10_000_000_000L) {
                  assertThat(launcher.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                }
              });
      assertThat(stop(launcher.locks(), patience, "--kill")).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).startsWith("Killed (pid ");
      assertThat(launcher.process.waitFor()).isEqualTo(SIGKILL);
    }
  }

  @Test
  void nothingRunsIsDone() throws IOException {
    assertThat(stop(RunningLauncher::lockHolder, Patience.ofTheClock())).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).startsWith("Nothing runs from " + directory);
  }

  @Test
  void aFileThatWasLeftBehindNeverKillsAStranger() throws IOException {
    try (FakeLauncher stranger = new FakeLauncher(false)) {
      stranger.write(directory, "127.0.0.1:1");
      assertThat(stop(RunningLauncher::lockHolder, Patience.ofTheClock(), "-o", "json"))
          .isEqualTo(ExitCode.DONE);
      assertThat(run.out().strip()).isEqualTo("{\"stopped\":false}");
      assertThat(stranger.process.isAlive()).isTrue();
    }
  }

  @Test
  void whoHoldsTheLockButIsNotNamedIsNotSignalled() throws IOException {
    try (FakeLauncher launcher = new FakeLauncher(false)) {
      FakeLauncher.write(directory, 4_000_000, 1, "127.0.0.1:1");
      assertThat(stop(launcher.locks(), launcher.withoutWaiting())).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("in use by process " + launcher.process.pid());
      assertThat(launcher.process.isAlive()).isTrue();
    }
  }

  @Test
  void oneThatGaveUpItsLockHasEnded() throws IOException {
    try (FakeLauncher launcher = new FakeLauncher(true)) {
      launcher.write(directory, "127.0.0.1:1");
      List<Optional<String>> holders =
          new ArrayList<>(List.of(Optional.of(Long.toString(launcher.process.pid()))));
      RunningLauncher.Locks locks =
          folder -> holders.isEmpty() ? Optional.empty() : holders.removeFirst();
      assertThat(stop(locks, launcher.withoutWaiting())).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).startsWith("Stopped");
    }
  }
}
