package dev.flotilla.raft.snapshot;

import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C of a file, a bounded piece at a time, through one bounded buffer. */
final class ChecksumReader {
  private static final int BUFFER_BYTES = 256 << 10;

  private final DiskFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final CRC32C crc = new CRC32C();
  private long position;
  private boolean finished;

  /** The file stays the caller's to close. */
  ChecksumReader(DiskFile file) {
    this.file = file;
  }

  /** Reads about {@code budgetBytes} on; returns the bytes read. */
  long advance(long budgetBytes) throws IOException {
    long start = position;
    while (!finished && position - start < budgetBytes) {
      buffer.clear();
      int read = file.read(position, buffer);
      if (read == 0) {
        finished = true;
      } else {
        buffer.flip();
        crc.update(buffer);
        position += read;
      }
    }
    return position - start;
  }

  boolean isFinished() {
    return finished;
  }

  /** Bytes read so far; the file's size once finished. */
  long size() {
    return position;
  }

  /** Of the bytes read so far. */
  int crc32c() {
    return (int) crc.getValue();
  }

  void finish() throws IOException {
    while (!finished) {
      advance(Long.MAX_VALUE);
    }
  }
}
