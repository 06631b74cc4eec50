package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.raft.env.DirectoryInUseException;
import dev.flotilla.raft.env.DirectoryLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Keeps two launchers off one data directory. */
public final class DataDirectoryLock implements AutoCloseable {
  static final String NAME = "LOCK";

  private static final long RETRY_MILLIS = 50;

  private final DirectoryLock lock;

  private DataDirectoryLock(DirectoryLock lock) {
    this.lock = lock;
  }

  /**
   * Takes the lock; waits a little for a launcher that is just ending.
   *
   * @throws Failure naming the holder
   */
  public static DataDirectoryLock acquire(Path directory, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return new DataDirectoryLock(DirectoryLock.acquire(directory));
      } catch (DirectoryInUseException e) {
        if (System.nanoTime() - deadline >= 0) {
          throw new Failure(
              ExitCode.FAILED,
              "The data directory "
                  + directory
                  + " is in use by another flotilla (pid "
                  + e.holderPid()
                  + ").",
              "Stop that one (Ctrl-C in its terminal), or choose another --data-dir.",
              e);
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
