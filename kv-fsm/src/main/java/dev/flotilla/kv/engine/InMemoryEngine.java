package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.fsm.NoRoomException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything in a tree on the heap; a flush writes all of it as one image file. For simulation and
 * tests, where stores are small and the disk is a simulated one.
 *
 * <p>As in the engine of production only so much may be unflushed: a write that finds more flushes
 * first, and is refused when that finds no room.
 */
public final class InMemoryEngine implements KvEngine {
  private static final String IMAGE = "IMAGE";
  private static final String NEXT_IMAGE = "IMAGE.next";

  private final Disk disk;
  private final String directory;
  private final long memtableBytes;
  private NavigableMap<byte[], byte[]> entries;
  private boolean flushed;
  private long unflushedBytes;
  private boolean closed;

  /** A store that flushes only when it is told to. */
  public InMemoryEngine(Disk disk, String directory) {
    this(disk, directory, Long.MAX_VALUE);
  }

  /**
   * Opens the store in a folder of the disk, as the last flush left it.
   *
   * @param memtableBytes of keys and values that may be written and not flushed, less one batch
   */
  public InMemoryEngine(Disk disk, String directory, long memtableBytes) {
    this.disk = disk;
    this.directory = directory;
    this.memtableBytes = memtableBytes;
    try {
      disk.createDirectories(directory);
      disk.delete(directory + "/" + NEXT_IMAGE);
      String image = directory + "/" + IMAGE;
      flushed = disk.exists(image);
      entries = flushed ? EngineImage.read(disk, image) : new TreeMap<>(Arrays::compareUnsigned);
    } catch (IOException e) {
      throw new EngineException("cannot open the store in " + directory, e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    checkOpen();
    return entries.get(key);
  }

  @Override
  public void scan(byte[] from, Visitor visitor) {
    checkOpen();
    for (Map.Entry<byte[], byte[]> entry : entries.tailMap(from, true).entrySet()) {
      if (!visitor.visit(entry.getKey(), entry.getValue())) {
        return;
      }
    }
  }

  @Override
  public void write(KvWrites writes) {
    checkOpen();
    if (writes.isEmpty()) {
      return;
    }
    if (unflushedBytes >= memtableBytes) {
      makeRoom();
    }
    flushed = false;
    writes.playInto(
        new KvWrites.Sink() {
          @Override
          public void put(byte[] key, byte[] value) {
            entries.put(key, value);
            unflushedBytes += key.length + value.length;
          }

          @Override
          public void delete(byte[] key) {
            entries.remove(key);
            unflushedBytes += key.length;
          }

          @Override
          public void deleteRange(byte[] from, byte[] to) {
            entries.subMap(from, true, to, false).clear();
          }
        });
  }

  private void makeRoom() {
    try {
      flush();
    } catch (EngineException e) {
      if (DiskFullException.isCauseOf(e)) {
        throw new NoRoomException("no room to write (store " + directory + ")", e);
      }
      throw e;
    }
  }

  @Override
  public void flush() {
    checkOpen();
    if (flushed) {
      return;
    }
    try {
      replaceImage(entries);
    } catch (IOException e) {
      throw new EngineException("cannot flush the store in " + directory, e);
    }
  }

  @Override
  public void checkpoint(String target) {
    checkOpen();
    try {
      EngineImage.write(disk, target + "/" + IMAGE, entries);
      disk.syncDirectory(target);
    } catch (IOException e) {
      throw new EngineException("cannot write a checkpoint into " + target, e);
    }
  }

  @Override
  public void install(String source) {
    checkOpen();
    try {
      NavigableMap<byte[], byte[]> installed = EngineImage.read(disk, source + "/" + IMAGE);
      replaceImage(installed);
      entries = installed;
    } catch (IOException e) {
      if (DiskFullException.isCauseOf(e)) {
        throw new NoRoomException("no room for the checkpoint " + source, e);
      }
      throw new EngineException("cannot install the checkpoint " + source, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    entries.clear();
  }

  /**
   * The rename is the switch: before it a crash leaves the old image, after it the new one (H33).
   */
  private void replaceImage(NavigableMap<byte[], byte[]> content) throws IOException {
    String next = directory + "/" + NEXT_IMAGE;
    disk.delete(next);
    try {
      EngineImage.write(disk, next, content);
    } catch (IOException e) {
      if (DiskFullException.isCauseOf(e)) {
        disk.delete(next); // the room half an image takes may be all that others have
      }
      throw e;
    }
    disk.rename(next, directory + "/" + IMAGE);
    disk.syncDirectory(directory);
    flushed = true;
    unflushedBytes = 0;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store in " + directory + " is closed");
    }
  }
}
