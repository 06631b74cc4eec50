package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningLauncherTest {
  @TempDir Path directory;

  private void writeFile(long pid) throws IOException {
    Files.writeString(
        directory.resolve(ClusterFile.NAME),
        "{\"cluster\":\"c\",\"version\":\"1\",\"launcherPid\":"
            + pid
            + ",\"processes\":false,\"startedMillis\":1,\"configuration\":\"f\",\"nodes\":[],"
            + "\"balancer\":{\"pid\":1,\"http\":\"127.0.0.1:1\"},\"nodeArguments\":[]}");
  }

  @Test
  void nothingRunsWhereNothingIs() throws IOException {
    Path none = directory.resolve("none");
    assertThat(RunningLauncher.find(none)).isEmpty();
    assertThat(none).doesNotExist();
  }

  @Test
  void aFileThatWasLeftBehindIsNoCluster() throws IOException, InterruptedException {
    writeFile(ProcessHandle.current().pid());
    DataDirectoryLock.acquire(directory, Duration.ZERO).close();
    assertThat(RunningLauncher.find(directory)).isEmpty();
  }

  @Test
  void aHolderOfTheLockThatTheFileDoesNotNameIsNotToBeSignalled()
      throws IOException, InterruptedException {
    writeFile(4_000_000);
    try (DataDirectoryLock _ = DataDirectoryLock.acquire(directory, Duration.ZERO)) {
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() -> RunningLauncher.find(directory))
          .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
          .withMessageContaining("in use by process " + ProcessHandle.current().pid());
    }
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> RunningLauncher.find(directory, folder -> Optional.of("unknown")))
        .withMessageContaining("in use by process unknown");
  }

  @Test
  void aHolderThatIsNotHereIsNotToBeSignalled() throws IOException {
    // In another process namespace the same number is another process, or none.
    writeFile(Integer.MAX_VALUE);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() ->
            RunningLauncher.find(
                directory, folder -> Optional.of(Integer.toString(Integer.MAX_VALUE))))
        .withMessageContaining("no flotilla that can be seen from here");
  }

  @Test
  void aCommandLineThatIsSeenMustBeOurs() {
    assertThat(RunningLauncher.isFlotilla(Optional.empty())).isTrue();
    assertThat(RunningLauncher.isFlotilla(Optional.of(new String[0]))).isTrue();
    assertThat(
            RunningLauncher.isFlotilla(
                Optional.of(new String[] {"-cp", "lib/*", "dev.flotilla.launcher.Main", "up"})))
        .isTrue();
    assertThat(RunningLauncher.isFlotilla(Optional.of(new String[] {"-jar", "other.jar"})))
        .isFalse();
  }
}
