package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The in-memory engine's file: magic and version (8 bytes), number of entries (8), then for each
 * entry key length (4), value length (4), key, value, and at the end the CRC32C (4) of all before
 * it. Big endian. The file must end there.
 */
final class EngineImage {
  private static final long MAGIC = 0x464C_4B56_494D_0001L; // FLKVIM, version 1
  private static final int CHUNK_BYTES = 64 << 10;

  private EngineImage() {}

  /** Writes and syncs a new file. Its name is not durable yet. */
  static void write(Disk disk, String path, NavigableMap<byte[], byte[]> entries)
      throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE_NEW)) {
      Writer writer = new Writer(file);
      writer.writeLong(MAGIC);
      writer.writeLong(entries.size());
      for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
        writer.writeInt(entry.getKey().length);
        writer.writeInt(entry.getValue().length);
        writer.writeBytes(entry.getKey());
        writer.writeBytes(entry.getValue());
      }
      writer.finish();
      file.sync();
    }
  }

  static NavigableMap<byte[], byte[]> read(Disk disk, String path) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      // One array: an engine that keeps everything on the heap can hold its image there too.
      ByteBuffer image = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(0, image);
      if (image.hasRemaining() || image.capacity() < 20) {
        throw EngineException.damaged("image " + path + " is cut short");
      }
      image.flip();
      CRC32C crc = new CRC32C();
      crc.update(image.array(), 0, image.capacity() - 4);
      if ((int) crc.getValue() != image.getInt(image.capacity() - 4) || image.getLong() != MAGIC) {
        throw EngineException.damaged("image " + path + " is damaged");
      }
      NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
      long count = image.getLong();
      for (long i = 0; i < count; i++) {
        byte[] key = new byte[image.getInt()];
        byte[] value = new byte[image.getInt()];
        image.get(key).get(value);
        entries.put(key, value);
      }
      return entries;
    }
  }

  private static final class Writer {
    private final DiskFile file;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private final CRC32C crc = new CRC32C();
    private long position;

    Writer(DiskFile file) {
      this.file = file;
    }

    void writeLong(long value) throws IOException {
      room(Long.BYTES).putLong(value);
    }

    void writeInt(int value) throws IOException {
      room(Integer.BYTES).putInt(value);
    }

    void writeBytes(byte[] bytes) throws IOException {
      int done = 0;
      while (done < bytes.length) {
        ByteBuffer into = room(1);
        int part = Math.min(into.remaining(), bytes.length - done);
        into.put(bytes, done, part);
        done += part;
      }
    }

    void finish() throws IOException {
      drain();
      chunk.putInt((int) crc.getValue());
      drain();
    }

    private ByteBuffer room(int bytes) throws IOException {
      if (chunk.remaining() < bytes) {
        drain();
      }
      return chunk;
    }

    private void drain() throws IOException {
      chunk.flip();
      crc.update(chunk.array(), 0, chunk.limit());
      int length = chunk.remaining();
      file.write(position, chunk);
      position += length;
      chunk.clear();
    }
  }
}
