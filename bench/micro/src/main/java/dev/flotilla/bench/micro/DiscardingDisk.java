package dev.flotilla.bench.micro;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;

/**
 * A disk that takes everything and keeps only the names of files: what is left of a writer's time
 * is its own. What is written is copied once, as a kernel would. Any thread.
 */
final class DiscardingDisk implements Disk {
  private static final int COPY_BYTES = 64 << 10;

  private final TreeSet<String> files = new TreeSet<>();

  @Override
  public synchronized DiskFile open(String path, OpenMode mode) throws IOException {
    if (mode != OpenMode.CREATE_NEW || !files.add(path)) {
      throw new FileNotFoundException("nothing is kept of " + path);
    }
    return new DiscardingFile();
  }

  @Override
  public synchronized boolean exists(String path) {
    return files.contains(path);
  }

  @Override
  public synchronized List<String> list(String directory) {
    String prefix = directory + "/";
    return files.subSet(prefix, directory + "0").stream()
        .map(path -> path.substring(prefix.length()))
        .toList();
  }

  @Override
  public void createDirectories(String directory) {}

  @Override
  public synchronized void rename(String from, String to) {
    files.remove(from);
    files.add(to);
  }

  @Override
  public synchronized void delete(String path) {
    files.remove(path);
  }

  @Override
  public synchronized void deleteRecursively(String directory) {
    files.removeIf(path -> path.startsWith(directory + "/"));
  }

  @Override
  public void syncDirectory(String directory) {}

  @Override
  public long usableBytes() {
    return Long.MAX_VALUE;
  }

  private static final class DiscardingFile implements DiskFile {
    private final byte[] copy = new byte[COPY_BYTES];
    private long size;

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
      throw new IOException("nothing is kept");
    }

    @Override
    public void write(long position, ByteBuffer from) {
      size = Math.max(size, position + from.remaining());
      while (from.hasRemaining()) {
        from.get(copy, 0, Math.min(copy.length, from.remaining()));
      }
    }

    @Override
    public void sync() {}

    @Override
    public long size() {
      return size;
    }

    @Override
    public void truncate(long newSize) {
      size = Math.min(size, newSize);
    }

    @Override
    public void close() {}
  }
}
