package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryLockTest {
  @TempDir Path directory;

  @Test
  void namesItsHolder() throws IOException {
    try (DirectoryLock lock = DirectoryLock.acquire(directory)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.acquire(directory))
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessageEndingWith("is in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void canBeTakenAgainOnceGivenBack() throws IOException {
    DirectoryLock.acquire(directory).close();
    DirectoryLock.acquire(directory.resolve("../" + directory.getFileName())).close();
  }

  /**
   * The kernel drops a process's lock when it closes any channel on the file: a refused try must
   * not.
   */
  @Test
  void aRefusedAttemptDoesNotOpenTheFolderToOtherProcesses() throws Exception {
    try (DirectoryLock lock = DirectoryLock.acquire(directory)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.acquire(directory))
          .isInstanceOf(DirectoryInUseException.class);
      assertThat(acquireInAnotherProcess()).isEqualTo("in use by " + ProcessHandle.current().pid());
    }
    assertThat(acquireInAnotherProcess()).isEqualTo("acquired");
  }

  private String acquireInAnotherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      process.waitFor();
      return line;
    }
  }

  /** Tries to take the lock, and says what came of it. */
  static final class OtherProcess {
    public static void main(String[] arguments) throws IOException {
      try (DirectoryLock lock = DirectoryLock.acquire(Path.of(arguments[0]))) {
        System.out.println(lock == null ? "" : "acquired");
      } catch (DirectoryInUseException e) {
        System.out.println("in use by " + e.holderPid());
      }
    }
  }
}
