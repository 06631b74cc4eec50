package dev.flotilla.raft.log;

import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes real zeros: a file merely set to a size gets its blocks, and a journal commit, with each
 * first write.
 */
final class Zeros {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final ByteBuffer CHUNK = ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();

  private Zeros() {}

  static void write(DiskFile file, long from, long to) throws IOException {
    ByteBuffer chunk = CHUNK.duplicate();
    for (long at = from; at < to; at += CHUNK_BYTES) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, to - at));
      file.write(at, chunk);
    }
  }
}
