package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The machine's own commands, and what of them there is. */
final class Host {
  private static final long PATIENCE_SECONDS = 120;

  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));

  private Host() {}

  /** What a command printed. */
  record Ran(int exit, String text) {}

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

  /** Runs a clock an hour ahead. */
  static void tryFakeTime() {
    Path library = fakeTime().orElseThrow(() -> new IllegalStateException("it is not installed"));
    long now = Instant.now().getEpochSecond();
    String shifted =
        run(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME=+" + Duration.ofHours(1).toSeconds(),
                "date",
                "+%s")
            .strip();
    if (Long.parseLong(shifted) < now + Duration.ofMinutes(59).toSeconds()) {
      throw new IllegalStateException("the clock does not move");
    }
  }

  /** Mounts a file system in memory and takes it away again. */
  static void tryToMount(Path folder) {
    String point = folder.resolve("mount-point").toString();
    run("mkdir", "-p", point);
    run("mount", "-t", "tmpfs", "-o", "size=1m", "flotilla-faults", point);
    run("umount", point);
  }

  /** Sets a limit of a process of ours to what it is. */
  static void tryToLimit() {
    Process process;
    try {
      process = new ProcessBuilder("sleep", "60").start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      run("prlimit", "--pid", Long.toString(process.pid()), "--nofile=100:");
    } finally {
      process.destroyForcibly();
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
