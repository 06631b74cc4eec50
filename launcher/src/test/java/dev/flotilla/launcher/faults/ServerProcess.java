package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node or balancer as a child of ours. It ends by itself when we do, however we do: it holds
 * the read end of a pipe of ours.
 */
final class ServerProcess {
  private final String name;
  private final List<String> inside;
  private final List<String> arguments;
  private final Path output;
  private @Nullable Process process;

  /**
   * @param inside what runs a command where the server lives
   * @param arguments of the flotilla script
   */
  ServerProcess(String name, List<String> inside, List<String> arguments, Path output) {
    this.name = name;
    this.inside = List.copyOf(inside);
    this.arguments = List.copyOf(arguments);
    this.output = output;
  }

  String name() {
    return name;
  }

  private static Path script() {
    Path module = Path.of("").toAbsolutePath();
    Path root = Files.exists(module.resolve("flotilla")) ? module : module.getParent();
    return root.resolve("flotilla");
  }

  void start() {
    start(Map.of());
  }

  /** Starts it; returns at once. */
  void start(Map<String, String> environment) {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    List<String> command = new ArrayList<>(inside);
    if (!environment.isEmpty()) {
      // Not for the wrapper: a preloaded library would not suit it.
      command.add("env");
      environment.forEach((key, value) -> command.add(key + "=" + value));
    }
    command.add(script().toString());
    command.addAll(arguments);
    command.add("--supervised");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("FLOTILLA_SUPERVISED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }

  /** All wrappers replace themselves by what they start, so this is the JVM. */
  long pid() {
    return process().pid();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** {@code kill -9}. Returns when it is gone. */
  void kill() {
    process().destroyForcibly();
    awaitEnd(Duration.ofSeconds(20));
  }

  void signal(String signal) {
    Host.run("kill", "-" + signal, Long.toString(pid()));
  }

  /**
   * Waits for it to end.
   *
   * @return its exit code
   */
  int awaitEnd(Duration patience) {
    try {
      if (!process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(name + " still runs after " + patience);
      }
      return process().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The kernel's letter for what the process is doing: R, S, T (stopped), Z, … */
  char state() {
    String stat = Host.read(Path.of("/proc", Long.toString(pid()), "stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  int openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has printed since it was first started. */
  String printed() {
    return Files.exists(output) ? Host.read(output) : "";
  }

  /** Ends it in order, and by force when it takes too long. */
  void end() {
    if (isAlive()) {
      Host.attempt("kill", "-CONT", Long.toString(pid()));
      process().destroy();
      try {
        if (!process().waitFor(10, TimeUnit.SECONDS)) {
          process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        process().destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
