package dev.flotilla.raft.log;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.DiskFullException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of zeros beside the log that is thrown overboard when the disk is full. Clients' commands
 * are refused long before that; what then still has to be written (terms, votes, a leader's first
 * entry, memberships) is small, and goes where the ballast was. It is taken on again when there is
 * room.
 */
final class Ballast {
  private static final Logger LOG = LoggerFactory.getLogger(Ballast.class);
  private static final String SUFFIX = ".ballast";
  private static final long MAX_BYTES = 4L << 20;

  /** Not taken on while less than this many times its size is free. */
  private static final int ROOM_FACTOR = 8;

  private final Disk disk;
  private final String directory;
  private final String path;
  private final long bytes;
  private final BackgroundWork background;

  /** Whether nothing needs to be done: it is there, or is being made, or is not wanted. */
  private final AtomicBoolean settled = new AtomicBoolean(true);

  Ballast(Disk disk, String directory, WalOptions options, BackgroundWork background) {
    this.disk = disk;
    int slash = directory.lastIndexOf('/');
    this.directory = slash < 0 ? "" : directory.substring(0, slash);
    this.path = directory + SUFFIX;
    this.bytes = LogFormat.align(Math.min(MAX_BYTES, options.segmentBytes() / 4));
    this.background = background;
  }

  /** From now on there is to be one. */
  void want() {
    settled.set(false);
    takeOn();
  }

  /** Makes it in the background, when it is wanted, missing, and there is room. */
  void takeOn() {
    if (settled.compareAndSet(false, true)) {
      background.submit(() -> {
        try {
          settled.set(isThere() || (disk.usableBytes() >= ROOM_FACTOR * bytes && make()));
        } catch (IOException e) {
          LOG.warn("no ballast beside the log: {}", e.toString());
          settled.set(false);
        }
      });
    }
  }

  private boolean isThere() throws IOException {
    if (!disk.exists(path)) {
      return false;
    }
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      return file.size() == bytes;
    }
  }

  private boolean make() throws IOException {
    disk.delete(path);
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE_NEW)) {
      Zeros.write(file, 0, bytes);
      file.sync();
    } catch (IOException e) {
      disk.delete(path);
      throw e;
    }
    return true;
  }

  /** Makes room; false when there was nothing to throw overboard. */
  boolean drop(IOException full) throws IOException {
    if (!DiskFullException.isCauseOf(full) || !disk.exists(path)) {
      return false;
    }
    LOG.warn("no room for the log: throwing {} bytes of ballast overboard", bytes);
    disk.delete(path);
    disk.syncDirectory(directory);
    settled.set(false);
    return true;
  }
}
