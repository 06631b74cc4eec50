package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.env.FileTree;
import dev.flotilla.raft.fsm.NoRoomException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of production, on a real file system. One thread may write while another reads;
 * everything else is for one thread at a time.
 */
public final class RocksDbEngine implements KvEngine {
  private static final Logger LOG = LoggerFactory.getLogger(RocksDbEngine.class);

  /** Never changed once written, so a checkpoint and a database can share them by hard link. */
  private static final Pattern TABLE = Pattern.compile("[0-9]+\\.(sst|blob)");

  /**
   * What belongs to a database besides tables. The snapshot store's own MANIFEST, without a number,
   * does not.
   */
  private static final Pattern OTHER =
      Pattern.compile("CURRENT|IDENTITY|MANIFEST-[0-9]+|OPTIONS-[0-9]+|[0-9]+\\.log");

  /** How long a write that has to wait for a flush waits before it asks again. */
  private static final long STALL_NANOS = 1_000_000L;

  private final Path root;
  private final String directory;
  private final RocksDbResources resources;
  private final EngineFolders folders;
  private RocksDatabase database;
  private boolean closed;

  /**
   * Opens the store in a folder, or makes an empty one when none was there.
   *
   * @param root the folder the node's disk stands for
   * @param directory the store's folder as a path on that disk
   */
  public RocksDbEngine(Path root, String directory, RocksDbResources resources) {
    this.root = root;
    this.directory = directory;
    this.resources = resources;
    try {
      folders = new EngineFolders(root.resolve(directory));
      Path active = folders.active();
      folders.clean(active);
      if (active != null) {
        database = RocksDatabase.openExisting(active, resources);
      } else {
        Path first = folders.next();
        database = RocksDatabase.create(first, resources);
        activate(first);
      }
    } catch (IOException | RocksDBException e) {
      throw failed("cannot open the store", e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    checkOpen();
    try {
      return database.db.get(database.readOptions, key);
    } catch (RocksDBException e) {
      throw failed("cannot read", e);
    }
  }

  @Override
  public void scan(byte[] from, Visitor visitor) {
    checkOpen();
    try (RocksIterator iterator = database.db.newIterator(database.readOptions)) {
      iterator.seek(from);
      while (iterator.isValid() && visitor.visit(iterator.key(), iterator.value())) {
        iterator.next();
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failed("cannot scan", e);
    }
  }

  @Override
  public void write(KvWrites writes) {
    checkOpen();
    if (writes.isEmpty()) {
      return;
    }
    // Made for each call: it never gives back what the largest one took.
    try (WriteBatch target = new WriteBatch()) {
      writes.playInto(new BatchSink(target));
      writeWhenPossible(target);
    } catch (RocksDBException e) {
      if (hasNoRoom(e)) {
        throw new NoRoomException("no room to write (store " + directory + ")", e);
      }
      throw failed("cannot write", e);
    }
  }

  /**
   * Waits while flushes and compactions catch up, which end or fail; a failure is what the next try
   * is told.
   */
  private void writeWhenPossible(WriteBatch target) throws RocksDBException {
    while (true) {
      try {
        database.db.write(database.writeOptions, target);
        return;
      } catch (RocksDBException e) {
        Status status = e.getStatus();
        if (status == null || status.getCode() != Status.Code.Incomplete) {
          throw e;
        }
      }
      LockSupport.parkNanos(STALL_NANOS);
    }
  }

  /**
   * Whether RocksDB takes writes again by itself once there is room: it looks every five seconds,
   * and wants room for what a database has in memory. Of a quota it knows nothing.
   */
  private static boolean hasNoRoom(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getSubCode() == Status.SubCode.NoSpace;
  }

  @Override
  public void flush() {
    checkOpen();
    try {
      database.db.flush(database.flushOptions);
    } catch (RocksDBException e) {
      throw failed("cannot flush", e);
    }
  }

  @Override
  public void checkpoint(String target) {
    flush();
    try {
      // RocksDB wants to make the folder itself, and the caller's is there already.
      Path scratch = folders.scratch();
      database.checkpoint(scratch);
      Path into = root.resolve(target);
      for (Path file : EngineFolders.list(scratch)) {
        EngineFolders.fsync(file);
        Files.move(file, into.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
      EngineFolders.fsyncDirectory(into);
      FileTree.delete(scratch);
    } catch (IOException | RocksDBException e) {
      throw failed("cannot write a checkpoint into " + target, e);
    }
  }

  @Override
  public void install(String source) {
    checkOpen();
    RocksDatabase installed = null;
    boolean switching = false;
    try {
      folders.clean(folders.active()); // what an earlier attempt left
      Path next = folders.next();
      copyDatabase(root.resolve(source), next);
      // Opened before the switch: a checkpoint that does not open must not replace a state that
      // does.
      installed = RocksDatabase.openExisting(next, resources);
      switching = true;
      activate(next);
      RocksDatabase old = database;
      database = installed;
      installed = null;
      old.close();
      folders.clean(next);
      LOG.info(
          "event=checkpoint-installed store={} from={} generation={}",
          directory,
          source,
          next.getFileName());
    } catch (IOException | RocksDBException e) {
      if (!switching && DiskFullException.isCauseOf(e)) {
        throw new NoRoomException("no room for the checkpoint " + source, e);
      }
      throw failed("cannot install the checkpoint " + source, e);
    } finally {
      if (installed != null) {
        installed.close();
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      database.close();
    }
  }

  private void activate(Path generation) throws IOException {
    EngineFolders.fsyncDirectory(generation);
    folders.activate(generation);
  }

  private static void copyDatabase(Path source, Path target) throws IOException {
    Files.createDirectory(target);
    for (Path file : EngineFolders.list(source)) {
      String name = file.getFileName().toString();
      Path copy = target.resolve(name);
      if (TABLE.matcher(name).matches()) {
        linkOrCopy(file, copy);
      } else if (OTHER.matcher(name).matches()) {
        Files.copy(file, copy);
      } else {
        continue;
      }
      EngineFolders.fsync(copy);
    }
    EngineFolders.fsyncDirectory(target);
  }

  private static void linkOrCopy(Path file, Path copy) throws IOException {
    try {
      Files.createLink(copy, file);
    } catch (UnsupportedOperationException e) {
      LOG.debug("no hard links here, copying {}", file, e);
      Files.copy(file, copy);
    }
  }

  private EngineException failed(String what, Exception cause) {
    String message = what + " (store " + directory + ")";
    return cause instanceof RocksDBException rocks && isDamage(rocks)
        ? EngineException.damaged(message, cause)
        : new EngineException(message, cause);
  }

  /** A checksum that does not match, or a file that should be there and is not. */
  private static boolean isDamage(RocksDBException cause) {
    Status status = cause.getStatus();
    Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
    String message = cause.getMessage();
    return code == Status.Code.Corruption
        || code == Status.Code.NotFound
        || (message != null
            && (message.contains("No such file or directory")
                || message.contains("does not exist")));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store in " + directory + " is closed");
    }
  }

  private final class BatchSink implements KvWrites.Sink {
    private final WriteBatch target;

    BatchSink(WriteBatch target) {
      this.target = target;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      try {
        target.put(key, value);
      } catch (RocksDBException e) {
        throw failed("cannot build a batch", e);
      }
    }

    @Override
    public void delete(byte[] key) {
      try {
        target.delete(key);
      } catch (RocksDBException e) {
        throw failed("cannot build a batch", e);
      }
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      try {
        target.deleteRange(from, to);
      } catch (RocksDBException e) {
        throw failed("cannot build a batch", e);
      }
    }
  }
}
