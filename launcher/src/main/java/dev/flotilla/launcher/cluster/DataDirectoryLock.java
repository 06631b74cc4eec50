package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two launchers off one data directory. The kernel holds the lock, so that it ends with the
 * process however that ends; the file's text only tells others whom to look for.
 */
public final class DataDirectoryLock implements AutoCloseable {
  static final String NAME = "launcher.lock";

  private static final long RETRY_MILLIS = 50;

  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock; waits a little for a launcher that is just ending.
   *
   * @throws Failure naming the holder
   */
  public static DataDirectoryLock acquire(Path directory, Duration patience) throws IOException {
    Files.createDirectories(directory);
    long deadline = System.nanoTime() + patience.toNanos();
    FileChannel channel =
        FileChannel.open(
            directory.resolve(NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      while (tryLock(channel) == null) {
        if (System.nanoTime() - deadline >= 0) {
          String holder = readHolder(channel);
          throw new Failure(
              ExitCode.FAILED,
              "The data directory " + directory + " is in use by another flotilla" + holder + ".",
              "Stop that one (Ctrl-C in its terminal), or choose another --data-dir.");
        }
        Thread.sleep(RETRY_MILLIS);
      }
      ByteBuffer pid =
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      channel.truncate(0);
      channel.write(pid, 0);
      return new DataDirectoryLock(channel);
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + directory, e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held in this very JVM
    }
  }

  private static String readHolder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(32);
    channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII).strip();
    return text.isEmpty() ? "" : " (pid " + text + ")";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
