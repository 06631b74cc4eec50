package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The processes of one turn. Closing ends all of them and what they started: asked first, killed
 * when they take too long. Safe for several threads, since an interrupted run is closed by the
 * thread of the shutdown.
 */
public final class Processes implements AutoCloseable {

  private static final long GRACE_SECONDS = 20;
  private static final int TAIL_LINES = 15;

  private final Path directory;
  private final Path ledger;
  private final List<Process> started = new ArrayList<>();
  private boolean closed;

  /**
   * @param directory exists; logs go there, and processes are expected to keep their data there
   * @param ledger a file that gets a line with the number of each process, for who must end them
   *     when this one was killed
   */
  public Processes(Path directory, Path ledger) {
    this.directory = directory;
    this.ledger = ledger;
  }

  public Path directory() {
    return directory;
  }

  /** Starts a server; what it prints goes to a log file by its name. */
  public synchronized Process start(String name, List<String> command, Map<String, String> more)
      throws IOException {
    ProcessBuilder builder = builder(command, more);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
    return begin(builder);
  }

  /** Starts a process whose standard output is read by the caller; the rest goes to its log. */
  public synchronized Process startToRead(String name, List<String> command) throws IOException {
    ProcessBuilder builder = builder(command, Map.of());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
    return begin(builder);
  }

  /** The ends of all logs, for who asks why something did not start. */
  public String tails() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path log : files.filter(Processes::isLog).sorted().toList()) {
        List<String> lines = Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
        if (!lines.isEmpty()) {
          text.append("--- ").append(log.getFileName()).append('\n');
          lines.stream()
              .skip(Math.max(0, lines.size() - TAIL_LINES))
              .forEach(line -> text.append(line).append('\n'));
        }
      }
    }
    return text.toString();
  }

  @Override
  public synchronized void close() {
    closed = true;
    List<ProcessHandle> all = new ArrayList<>();
    for (Process process : started) {
      // Listed before they are orphans, which nobody finds any more.
      process.descendants().forEach(all::add);
      all.add(process.toHandle());
    }
    // A supervisor ends its own children, in an order it knows; what it left is not asked.
    started.forEach(Process::destroy);
    awaitExit(started.stream().map(Process::toHandle).toList());
    all.forEach(ProcessHandle::destroyForcibly);
    awaitExit(all);
    started.clear();
  }

  private static void awaitExit(List<ProcessHandle> processes) {
    CompletableFuture<?> ended =
        CompletableFuture.allOf(
            processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      ended.get(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // Who did not hear is killed next; who was killed and is still there hangs in the kernel.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private Process begin(ProcessBuilder builder) throws IOException {
    if (closed) {
      throw new IOException("the run is being ended");
    }
    Process process = builder.start();
    started.add(process);
    process.getOutputStream().close();
    Files.writeString(
        ledger, process.pid() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return process;
  }

  private ProcessBuilder builder(List<String> command, Map<String, String> more) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.toFile());
    builder.environment().putAll(more);
    return builder;
  }

  /** Where the process of this name prints to. */
  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private static boolean isLog(Path file) {
    return file.getFileName().toString().endsWith(".log");
  }

  /** Deletes a directory and all in it. */
  public static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
