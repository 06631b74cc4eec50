package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.cluster.RunningLauncher;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that looks like a launcher: its command line names the main class, {@code cluster.json}
 * names it, and it is said to hold the lock. It waits for its input to end.
 */
final class FakeLauncher implements AutoCloseable {
  private static final String MAIN = "dev.flotilla.launcher.Main";

  final Process process;

  /** A clock that only waiting moves. */
  final AtomicLong nanos = new AtomicLong();

  /**
   * @param ignoresTerm whether SIGTERM does nothing to it
   */
  FakeLauncher(boolean ignoresTerm) throws IOException {
    String trap = ignoresTerm ? "trap '' TERM; " : "";
    // The shell has set its traps when it answers.
    process = new ProcessBuilder("sh", "-c", trap + "echo here; read line; exit 0", MAIN).start();
    BufferedReader answer = process.inputReader(StandardCharsets.UTF_8);
    if (!"here".equals(answer.readLine())) {
      throw new IOException("the shell does not answer");
    }
  }

  /** Writes the {@code cluster.json} that names it. */
  void write(Path directory, String balancer) throws IOException {
    write(directory, process.pid(), System.currentTimeMillis(), balancer);
  }

  static void write(Path directory, long pid, long startedMillis, String balancer)
      throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("cluster.json"),
        "{\"cluster\":\"c\",\"version\":\"1\",\"launcherPid\":"
            + pid
            + ",\"processes\":false,\"startedMillis\":"
            + startedMillis
            + ",\"configuration\":\"f\",\"nodes\":[{\"id\":1,\"name\":\"n1\",\"group\":\"g1\","
            + "\"pid\":1,\"grpc\":\"127.0.0.1:7001\",\"http\":\"127.0.0.1:8081\","
            + "\"directory\":\"d\"}],\"balancer\":{\"pid\":1,\"http\":\""
            + balancer
            + "\"},\"nodeArguments\":[]}");
  }

  /** It holds every lock while it is alive. */
  RunningLauncher.Locks locks() {
    return directory ->
        process.isAlive() ? Optional.of(Long.toString(process.pid())) : Optional.empty();
  }

  /** One that waits for the end of the process, and then as long as it likes. */
  Patience untilItEnds() {
    return new Patience(
        nanos::get,
        millis -> {
          process.waitFor();
          nanos.addAndGet(millis * 1_000_000);
        });
  }

  /** One that only moves the clock. */
  Patience withoutWaiting() {
    return new Patience(nanos::get, millis -> nanos.addAndGet(millis * 1_000_000));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
  }
}
