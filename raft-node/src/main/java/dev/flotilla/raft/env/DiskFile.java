package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Positions and sizes in bytes. */
public interface DiskFile extends AutoCloseable {
  /** Reads until the buffer is full or the file ends; returns the bytes read, 0 at the end. */
  int read(long position, ByteBuffer into) throws IOException;

  /** Writes all of the buffer's remaining bytes. */
  void write(long position, ByteBuffer from) throws IOException;

  /**
   * Makes everything written durable (fdatasync, with the size). After a failure the file's content
   * is unknown and the caller must not retry (H32).
   */
  void sync() throws IOException;

  long size() throws IOException;

  void truncate(long size) throws IOException;

  @Override
  void close() throws IOException;
}
