package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The machine's own commands, and what of them there is. */
final class Host {
  private static final long PATIENCE_SECONDS = 30;

  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/sbin"),
          Path.of("/bin"),
          Path.of("/usr/local/bin"));

  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));

  private Host() {}

  /** What a command printed. */
  record Ran(int exit, String text) {}

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  static boolean has(String command) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(command)));
  }

  /** The library that shifts a process's wall clock, if it is installed. */
  static Optional<Path> fakeTime() {
    return FAKETIME.stream().filter(Files::exists).findFirst();
  }

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException unless it ends with 0
   */
  static String run(String... command) {
    Ran ran = attempt(command);
    if (ran.exit() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + ran.exit() + ": " + ran.text().strip());
    }
    return ran.text();
  }

  /** Runs a command to its end, whatever that is. */
  static Ran attempt(String... command) {
    try {
      Path output = Files.createTempFile("flotilla-host", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return new Ran(-1, "still running after " + PATIENCE_SECONDS + " s");
        }
        return new Ran(
            process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return new Ran(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Ran(-1, "interrupted");
    }
  }

  /** The text of a file in /proc and the like. */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
