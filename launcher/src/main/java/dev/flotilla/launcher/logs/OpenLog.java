package dev.flotilla.launcher.logs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file that is being written, read through all renames and even after it was deleted. */
final class OpenLog implements Closeable {
  private static final int MOST_TRIES = 10;

  private final Path path;
  private final FileChannel channel;
  private final @Nullable Object key;

  private OpenLog(Path path, FileChannel channel, @Nullable Object key) {
    this.path = path;
    this.channel = channel;
    this.key = key;
  }

  /** Empty when there is no such file. */
  static Optional<OpenLog> open(Path path) throws IOException {
    for (int tries = 1; ; tries++) {
      FileChannel channel = null;
      boolean kept = false;
      try {
        Object before = keyOf(path);
        channel = FileChannel.open(path, StandardOpenOption.READ);
        // Was it renamed in between, the key would be that of another file.
        if (Objects.equals(before, keyOf(path)) || tries == MOST_TRIES) {
          kept = true;
          return Optional.of(new OpenLog(path, channel, before));
        }
      } catch (NoSuchFileException e) {
        if (tries == MOST_TRIES || channel == null) {
          return Optional.empty();
        }
      } finally {
        if (channel != null && !kept) {
          channel.close();
        }
      }
    }
  }

  /** What tells files apart where they are stored; null where nothing does. */
  private static @Nullable Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  long size() throws IOException {
    return channel.size();
  }

  /**
   * Fills the buffer from there on, as far as there is anything.
   *
   * @return bytes read
   */
  int read(ByteBuffer buffer, long position) throws IOException {
    int before = buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position() - before) < 0) {
        break;
      }
    }
    return buffer.position() - before;
  }

  /** Whether another file stands under the name by now. */
  boolean isReplaced() throws IOException {
    try {
      return !Objects.equals(key, keyOf(path));
    } catch (NoSuchFileException e) {
      return false; // gone, and nothing there to go on with
    }
  }

  /** Whether both are one file, whatever it is called by now. */
  boolean isSameAs(OpenLog other) {
    return key != null && key.equals(other.key);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
