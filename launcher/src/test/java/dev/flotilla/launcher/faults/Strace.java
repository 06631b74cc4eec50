package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** strace attached to one process, changing what its fsyncs do. */
final class Strace {
  private final Process process;
  private final Path log;

  private Strace(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Attaches. From its return on calls are changed; whether there were any, {@link #injected}
   * tells.
   *
   * @param injection what happens to fsync and fdatasync, as in {@code error=EIO}
   */
  static Strace attach(ServerProcess server, String injection, Path folder) {
    try {
      Path log = Files.createTempFile(folder, "strace-" + server.name(), ".log");
      Process process = trace(server.pid(), injection, log);
      Strace strace = new Strace(process, log);
      try {
        Awaitility.await("strace in effect on " + server.name())
            .pollInterval(Duration.ofMillis(10))
            .until(() -> !process.isAlive() || !server.isAlive() || isTraced(server.pid()));
        assertThat(process.isAlive() || !server.isAlive()).as("strace could attach").isTrue();
      } catch (RuntimeException | Error e) {
        strace.detach();
        throw e;
      }
      return strace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether all its threads are: they are attached to one after the other. */
  private static boolean isTraced(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return threads.allMatch(
          thread -> !Host.read(thread.resolve("status")).contains("TracerPid:\t0\n"));
    } catch (IOException | UncheckedIOException e) {
      return false; // one of them has ended meanwhile
    }
  }

  /**
   * Makes the fsyncs of a process of ours fail, as the faults do to a node's.
   *
   * @throws RuntimeException or AssertionError when that is not possible here
   */
  static void tryIt(Path folder) {
    try {
      Path log = Files.createTempFile(folder, "strace", ".log");
      String loop = "for i in {1..600}; do sync '" + log + "' || exit 7; sleep 0.05; done";
      Process victim =
          new ProcessBuilder("bash", "-c", loop)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Process strace = trace(victim.pid(), "error=EIO", log);
      try {
        boolean ended = victim.waitFor(20, TimeUnit.SECONDS);
        if (!ended || victim.exitValue() != 7) {
          throw new IllegalStateException("strace cannot attach or cannot change calls");
        }
      } finally {
        victim.destroyForcibly();
        strace.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Process trace(long pid, String injection, Path log) throws IOException {
    return new ProcessBuilder(
            "strace",
            "-f",
            "-p",
            Long.toString(pid),
            "-o",
            log.toString(),
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:" + injection)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** How many calls it has changed. */
  long injected() {
    return Host.read(log)
        .lines()
        .filter(line -> line.contains("INJECTED") || line.contains("DELAYED"))
        .count();
  }

  void detach() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
