package dev.flotilla.kv.engine;

import org.rocksdb.Cache;
import org.rocksdb.Env;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What all RocksDB engines of a process share, so that the memory of many nodes in one process is
 * bounded once: the block cache (which memtables are charged to as well) and the threads for
 * flushes and compactions. Close it after the last engine.
 */
public final class RocksDbResources implements AutoCloseable {

  /**
   * @param cacheBytes blocks, indexes, filters and memtables together
   * @param memtableBytes memtables of all engines; beyond it the largest is flushed
   * @param memtableBytesPerEngine one engine's memtable is flushed at this size
   * @param flushThreads for the whole process
   * @param compactionThreads for the whole process
   */
  public record Options(
      long cacheBytes,
      long memtableBytes,
      long memtableBytesPerEngine,
      int flushThreads,
      int compactionThreads) {
    /** Small: nine nodes in one process stay below 100 MB of RocksDB memory. */
    public static final Options DEFAULT = new Options(80L << 20, 48L << 20, 8L << 20, 1, 1);
  }

  static {
    RocksDB.loadLibrary();
  }

  private final Options options;
  private final Env env;
  private final Cache cache;
  private final WriteBufferManager writeBufferManager;

  public RocksDbResources() {
    this(Options.DEFAULT);
  }

  public RocksDbResources(Options options) {
    this.options = options;
    // The default Env belongs to the library and lives as long as the process; it must not be
    // closed.
    env = Env.getDefault();
    env.setBackgroundThreads(options.flushThreads(), Priority.HIGH);
    env.setBackgroundThreads(options.compactionThreads(), Priority.LOW);
    cache = new LRUCache(options.cacheBytes());
    writeBufferManager = new WriteBufferManager(options.memtableBytes(), cache);
  }

  Options options() {
    return options;
  }

  Env env() {
    return env;
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBufferManager() {
    return writeBufferManager;
  }

  @Override
  public void close() {
    writeBufferManager.close();
    cache.close();
  }
}
