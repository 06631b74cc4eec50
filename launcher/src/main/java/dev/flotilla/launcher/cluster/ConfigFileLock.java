package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two commands from changing a data directory's cluster file at once. Held for moments only,
 * beside the lock that a running cluster holds on the whole directory.
 */
final class ConfigFileLock implements AutoCloseable {
  static final String NAME = "flotilla.yaml.lock";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long RETRY_MILLIS = 20;

  private final FileChannel channel;

  private ConfigFileLock(FileChannel channel) {
    this.channel = channel;
  }

  static ConfigFileLock acquire(Path directory) throws IOException, InterruptedException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (tryLock(channel) == null) {
        if (System.nanoTime() - deadline >= 0) {
          throw new Failure(
              ExitCode.FAILED,
              "Another command has been changing " + directory + " for too long.",
              "Look for a flotilla command that hangs.");
        }
        Thread.sleep(RETRY_MILLIS);
      }
      return new ConfigFileLock(channel);
    } catch (IOException | InterruptedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    // The lock goes with its channel.
    channel.close();
  }
}
