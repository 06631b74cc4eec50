package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.raft.env.DirectoryInUseException;
import dev.flotilla.raft.env.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The process that runs the cluster of a data directory, found so that it may be signalled: it
 * holds the directory's lock, {@code cluster.json} names it, and its command line is flotilla's. A
 * file that was left behind names a process that is gone, whose number a stranger may have by now;
 * but nobody holds the lock then.
 */
public final class RunningLauncher {
  private static final String MAIN = "dev.flotilla.launcher.Main";

  private final Path directory;
  private final ClusterFile file;
  private final ProcessHandle process;
  private final Locks locks;

  /** Who holds a data directory's lock. */
  @FunctionalInterface
  public interface Locks {
    /** The holder's process id as the lock file has it; empty when nobody holds the lock. */
    Optional<String> holderOf(Path directory) throws IOException;
  }

  private RunningLauncher(Path directory, ClusterFile file, ProcessHandle process, Locks locks) {
    this.directory = directory;
    this.file = file;
    this.process = process;
    this.locks = locks;
  }

  /**
   * @return empty when nothing runs from the directory
   * @throws Failure when something does that cannot be told to be the cluster
   */
  public static Optional<RunningLauncher> find(Path directory) throws IOException {
    return find(directory, RunningLauncher::lockHolder);
  }

  /** For tests, which can make no other process hold a lock. */
  public static Optional<RunningLauncher> find(Path directory, Locks locks) throws IOException {
    Optional<String> holder = locks.holderOf(directory);
    if (holder.isEmpty()) {
      return Optional.empty();
    }
    Optional<ClusterFile> file = ClusterFile.read(directory);
    if (file.isEmpty() || !holder.get().equals(Long.toString(file.get().launcherPid()))) {
      throw new Failure(
          ExitCode.FAILED,
          directory
              + " is in use by process "
              + holder.get()
              + ", which "
              + ClusterFile.NAME
              + " does not name.",
          "It may be starting or ending; try again in a moment.");
    }
    long pid = file.get().launcherPid();
    Optional<ProcessHandle> process =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .filter(found -> isFlotilla(found.info().arguments()));
    if (process.isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          directory
              + " is in use by process "
              + pid
              + ", which is no flotilla that can be seen from here.",
          "Does it run in a container, or on another machine? Stop it there.");
    }
    return Optional.of(new RunningLauncher(directory, file.get(), process.get(), locks));
  }

  /**
   * The system tells a lock from the file that was left behind by one. Takes the lock for a moment
   * when nobody has it.
   */
  public static Optional<String> lockHolder(Path directory) throws IOException {
    if (!Files.exists(directory.resolve(DataDirectoryLock.NAME))) {
      return Optional.empty();
    }
    try (DirectoryLock _ = DirectoryLock.acquire(directory)) {
      return Optional.empty();
    } catch (DirectoryInUseException e) {
      return Optional.of(e.holderPid());
    }
  }

  /** Where a command line cannot be seen, the lock has to do. */
  static boolean isFlotilla(Optional<String[]> arguments) {
    return arguments.isEmpty()
        || arguments.get().length == 0
        || Arrays.asList(arguments.get()).contains(MAIN);
  }

  public ClusterFile file() {
    return file;
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Asks it to end, as Ctrl-C does.
   *
   * @return false when the system does not let us
   */
  public boolean terminate() {
    return process.destroy();
  }

  /** Ends it on the spot. */
  public boolean kill() {
    return process.destroyForcibly();
  }

  /**
   * Whether it has ended. One whose parent does not ask for its exit code is listed by the system
   * for ever, but has given up its lock.
   */
  public boolean hasEnded() {
    if (!process.isAlive()) {
      return true;
    }
    try {
      return !locks.holderOf(directory).equals(Optional.of(Long.toString(pid())));
    } catch (IOException e) {
      return false;
    }
  }
}
