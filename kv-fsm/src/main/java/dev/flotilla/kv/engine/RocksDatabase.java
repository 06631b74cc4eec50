package dev.flotilla.kv.engine;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB and the native objects it stands on, closed in the reverse order of their making
 * (the library crashes the process otherwise).
 *
 * <p>RocksDB's own log is off: the Raft log is the log. There is one column family, so a flush of
 * the memtable takes data and applied index together (H36); with several, each would be flushed at
 * its own time and a crash would leave them at different positions.
 */
final class RocksDatabase implements AutoCloseable {
  private static final int BLOOM_BITS_PER_KEY = 10;

  /** Of a memtable's size. */
  private static final double MEMTABLE_BLOOM_RATIO = 0.05;

  private static final int LEVELS = 7;

  /**
   * Files of level 0 at which they are merged into level 1. Twice the usual number: what a merge
   * costs is mostly level 1, and reads come here only for what {@link WriteBackEngine} does not
   * hold.
   */
  private static final int LEVEL_0_COMPACTION = 8;

  /** Files of level 0 at which writes wait for compactions. */
  private static final int LEVEL_0_STOP = 36;

  private static final long BYTES_PER_SYNC = 512 << 10;

  private static final long MAX_PENDING_COMPACTION_BYTES = 256L << 30;

  private final Deque<AutoCloseable> handles = new ArrayDeque<>();
  final RocksDB db;
  final ReadOptions readOptions;
  final WriteOptions writeOptions;
  final FlushOptions flushOptions;

  private RocksDatabase(Path folder, boolean create, RocksDbResources resources)
      throws RocksDBException {
    boolean opened = false;
    try {
      Options options = options(resources).setCreateIfMissing(create).setErrorIfExists(create);
      db = opened(RocksDB.open(options, folder.toString()));
      readOptions = opened(new ReadOptions());
      // A write that waited inside for a flush would wait for ever, and keep the flush from being
      // tried again, once the flush found no room.
      writeOptions = opened(new WriteOptions()).setDisableWAL(true).setNoSlowdown(true);
      flushOptions = opened(new FlushOptions()).setWaitForFlush(true).setAllowWriteStall(true);
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  static RocksDatabase create(Path folder, RocksDbResources resources) throws RocksDBException {
    return new RocksDatabase(folder, true, resources);
  }

  /**
   * Opens what must be there: an empty database in place of a lost one would be forgotten promises.
   */
  static RocksDatabase openExisting(Path folder, RocksDbResources resources)
      throws RocksDBException {
    return new RocksDatabase(folder, false, resources);
  }

  void checkpoint(Path folder) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(folder.toString());
    }
  }

  @Override
  public void close() {
    while (!handles.isEmpty()) {
      try {
        handles.pop().close();
      } catch (Exception e) {
        throw new EngineException("cannot close the database", e);
      }
    }
  }

  private Options options(RocksDbResources resources) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(resources.cache())
            .setFilterPolicy(opened(new BloomFilter(BLOOM_BITS_PER_KEY, false)))
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    return opened(new Options())
        .setEnv(resources.env())
        .setWriteBufferManager(resources.writeBufferManager())
        .setWriteBufferSize(resources.options().memtableBytesPerEngine())
        .setMaxWriteBufferNumber(3)
        // Many gets are for sessions that are not there: they need not walk through the memtable.
        .setMemtableWholeKeyFiltering(true)
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_RATIO)
        .setNumLevels(LEVELS)
        .setTableFormatConfig(table)
        .setCompressionPerLevel(compression())
        .setLevel0FileNumCompactionTrigger(LEVEL_0_COMPACTION)
        .setTargetFileSizeBase(16L << 20)
        .setMaxBytesForLevelBase(64L << 20)
        .setMaxBackgroundJobs(2)
        .setMaxSubcompactions(1)
        .setMaxOpenFiles(256)
        // Little by little: a whole file at once would keep the log's fsync waiting behind it.
        .setBytesPerSync(BYTES_PER_SYNC)
        // Writes go on or stop; what is merely slowed down would be refused, see writeOptions.
        .setLevel0SlowdownWritesTrigger(LEVEL_0_STOP)
        .setLevel0StopWritesTrigger(LEVEL_0_STOP)
        .setSoftPendingCompactionBytesLimit(MAX_PENDING_COMPACTION_BYTES)
        .setHardPendingCompactionBytesLimit(MAX_PENDING_COMPACTION_BYTES)
        // One thread writes.
        .setAllowConcurrentMemtableWrite(false)
        // A close is a crash: what comes back is what flush() promised, not what luck left.
        .setAvoidFlushDuringShutdown(true)
        .setManifestPreallocationSize(64L << 10)
        .setMaxManifestFileSize(8L << 20)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(256L << 10)
        .setKeepLogFileNum(2)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /**
   * Levels 0 and 1 hold what will soon be written anew, at most some 130 MB: compressing them costs
   * a write as much as flushing it.
   */
  private static List<CompressionType> compression() {
    List<CompressionType> levels =
        new ArrayList<>(Collections.nCopies(LEVELS, CompressionType.LZ4_COMPRESSION));
    levels.set(0, CompressionType.NO_COMPRESSION);
    levels.set(1, CompressionType.NO_COMPRESSION);
    return levels;
  }

  private <T extends AutoCloseable> T opened(T handle) {
    handles.push(handle);
    return handle;
  }
}
