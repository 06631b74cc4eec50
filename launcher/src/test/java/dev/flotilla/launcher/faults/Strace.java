package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
   * Attaches and waits until it is in effect.
   *
   * @param injection what happens to fsync and fdatasync, as in {@code error=EIO}
   */
  static Strace attach(ServerProcess server, String injection, Path folder) {
    try {
      Path log = Files.createTempFile(folder, "strace-" + server.name(), ".log");
      Process process =
          new ProcessBuilder(
                  "strace",
                  "-f",
                  "-p",
                  Long.toString(server.pid()),
                  "-o",
                  log.toString(),
                  "-e",
                  "trace=fsync,fdatasync",
                  "-e",
                  "inject=fsync,fdatasync:" + injection)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Strace strace = new Strace(process, log);
      try {
        Awaitility.await("strace in effect on " + server.name())
            .until(() -> !process.isAlive() || strace.injected() > 0 || !server.isAlive());
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
