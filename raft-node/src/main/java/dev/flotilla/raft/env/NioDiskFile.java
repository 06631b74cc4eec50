package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file of {@link NioDisk}. */
final class NioDiskFile implements DiskFile {
  private final FileChannel channel;

  NioDiskFile(FileChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(long position, ByteBuffer into) throws IOException {
    int total = 0;
    while (into.hasRemaining()) {
      int read = channel.read(into, position + total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }

  @Override
  public void write(long position, ByteBuffer from) throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  /**
   * fdatasync: it writes the size when the size changed, and spares the journal when it did not.
   */
  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
