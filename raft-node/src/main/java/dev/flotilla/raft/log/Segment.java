package dev.flotilla.raft.log;

import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of the log. {@code end} is where the next batch goes, {@code allocated} how far the file
 * reaches.
 */
final class Segment {
  final long sequence;
  final String path;
  final DiskFile file;
  private long end;
  private long allocated;

  Segment(long sequence, String path, DiskFile file, long end, long allocated) {
    this.sequence = sequence;
    this.path = path;
    this.file = file;
    this.end = end;
    this.allocated = allocated;
  }

  long end() {
    return end;
  }

  /** Recovery found the last batch to end here. */
  void endsAt(long position) {
    end = position;
  }

  /**
   * Appends an aligned batch. When it reaches beyond the file's end, zeros are written after it, so
   * that the batches that follow overwrite what exists: an fdatasync that need not journal a new
   * size takes about half the time.
   *
   * @param zeros how far to extend the file, if it has to be
   */
  void append(ByteBuffer batch, int zeros) throws IOException {
    long after = end + batch.remaining();
    if (after > Location.MAX_OFFSET) {
      throw new IOException(path + " would grow past what a location can name");
    }
    file.write(end, batch);
    if (after > allocated) {
      allocated = after;
      try {
        Zeros.write(file, after, after + zeros);
        allocated = after + zeros;
      } catch (IOException e) {
        // The batch is written; only the batches after it are slower for this.
        if (!DiskFullException.isCauseOf(e)) {
          throw e;
        }
      }
    }
    end = after;
  }
}
