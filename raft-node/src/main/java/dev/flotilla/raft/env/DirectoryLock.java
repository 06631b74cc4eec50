package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps two processes off one folder: an operating system's lock on the file {@code LOCK} in it,
 * which ends with the process however it dies, so that a stale file never blocks a start. The file
 * holds the pid of its holder, for the message.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final String FILE_NAME = "LOCK";
  private static final int MAX_PID_BYTES = 32;

  /**
   * Folders locked by this process. The one piece of static state here, because the lock itself
   * belongs to the process: on Linux, closing ANY channel on a file drops the lock the process
   * holds on it, so within the process a second attempt must be refused without touching the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks the folder, creating it when it is missing.
   *
   * @throws DirectoryInUseException when this or another process holds it
   */
  public static DirectoryLock acquire(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      throw new DirectoryInUseException(directory, Long.toString(ProcessHandle.current().pid()));
    }
    boolean acquired = false;
    try {
      DirectoryLock lock = lock(directory, real);
      acquired = true;
      return lock;
    } finally {
      if (!acquired) {
        HELD.remove(real);
      }
    }
  }

  private static DirectoryLock lock(Path directory, Path real) throws IOException {
    FileChannel channel =
        FileChannel.open(
            real.resolve(FILE_NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new DirectoryInUseException(directory, holder(channel));
      }
      String pid = ProcessHandle.current().pid() + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      locked = true;
      return new DirectoryLock(real, channel);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(MAX_PID_BYTES);
    channel.read(pid, 0);
    String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    return text.isEmpty() ? "unknown" : text;
  }

  /** Gives the folder back. The file stays: deleting it would race with the next holder. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      HELD.remove(directory);
    }
  }
}
