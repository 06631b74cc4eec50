package dev.flotilla.raft.env;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that tells apart what was written and what is durable, names included. {@link
 * #kill} ends a process and keeps everything; {@link #crash} is a power loss. Both leave the
 * handles of the life before unusable. Faults are injected through {@link Faults} (failing
 * operations, lost and misdirected writes), a quota, {@link #flipBit} and {@link #failReads}.
 *
 * <p>Any thread, one operation at a time.
 */
public final class SimulatedDisk implements Disk {

  /** What is about to be done, to {@link Faults}. */
  public enum Operation {
    OPEN,
    CREATE,
    READ,
    WRITE,
    TRUNCATE,
    SYNC,
    LIST,
    CREATE_DIRECTORY,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /**
   * Asked before every operation. An IOException fails the operation without effect, except that a
   * failed SYNC marks the file's pages clean: they are lost unless written again (H32). Any other
   * exception passes through, for tests that cut the power in the middle of things.
   */
  @FunctionalInterface
  public interface Faults {
    Faults NONE = (operation, path) -> {};

    void before(Operation operation, String path) throws IOException;

    /**
     * What happens to the sector at a position that a successful sync writes back. Readers, who see
     * the cache, do not notice before it is evicted ({@link #dropCaches}, a crash).
     */
    default SimulatedWriteBack writeBack(String path, long position) {
      return SimulatedWriteBack.LANDS;
    }

    /** The same for a sync that fails. */
    default SimulatedWriteBack writeBackOfFailedSync(String path, long position) {
      return SimulatedWriteBack.LOST;
    }
  }

  private SimulatedFolder root = new SimulatedFolder();
  private Faults faults = Faults.NONE;
  private long quotaBytes = Long.MAX_VALUE;
  private long usedBytes;
  private boolean tearWholeSectors;
  private long life;

  /** Replaces the faults; {@link Faults#NONE} heals the disk. */
  public synchronized void setFaults(Faults faults) {
    this.faults = faults;
  }

  /**
   * Files may hold so many bytes together; what goes beyond fails as on a full disk, half written.
   */
  public synchronized void setQuotaBytes(long quotaBytes) {
    this.quotaBytes = quotaBytes;
  }

  /** Whether a sector that is lost in a crash takes bytes with it that had been synced before. */
  public synchronized void setTearWholeSectors(boolean tearWholeSectors) {
    this.tearWholeSectors = tearWholeSectors;
  }

  /** The process dies: everything it wrote stays visible, durable or not. */
  public synchronized void kill() {
    life++;
  }

  /**
   * The power goes: unsynced bytes are decided sector by sector (old, new, zero, garbage), unsynced
   * names one by one.
   */
  public synchronized void crash(RandomGenerator random) {
    life++;
    root.crash(random, tearWholeSectors);
    usedBytes = root.linkAll();
  }

  /** The power goes, and nothing unsynced survives. */
  public synchronized void crashLosingAllUnsynced() {
    life++;
    root.dropUnsynced();
    usedBytes = root.linkAll();
  }

  /** A disk that holds what would certainly survive a power loss now. */
  public synchronized SimulatedDisk durableImage() {
    SimulatedDisk image = new SimulatedDisk();
    image.root = root.copyDurable();
    image.usedBytes = image.root.linkAll();
    return image;
  }

  /** Bit rot: inverts a bit of a file, on the platter too. */
  public synchronized void flipBit(String path, long position, int bit) throws IOException {
    file(path).flipBit(Math.toIntExact(position), bit);
  }

  /**
   * Bad sectors: reads that touch a sector of the range fail until that sector is written whole.
   * Renamed, copied or after a crash the file keeps them.
   */
  public synchronized void failReads(String path, long from, long to) throws IOException {
    file(path).failReads(Math.toIntExact(from), Math.toIntExact(to));
  }

  /** Clean bytes are read from the platter again: lost and misdirected writes become visible. */
  public synchronized void dropCaches() {
    root.evict();
  }

  /** A file's bytes as a reader sees them. */
  public synchronized byte[] content(String path) throws IOException {
    return file(path).content();
  }

  /** A file's bytes on the platter. The file must be there, not necessarily its name. */
  public synchronized byte[] durableContent(String path) throws IOException {
    return file(path).durableContent();
  }

  /** The paths of all files with their sizes in bytes, ascending. */
  public synchronized SortedMap<String, Long> files() {
    SortedMap<String, Long> files = new TreeMap<>();
    root.collectFiles("", files);
    return files;
  }

  @Override
  public synchronized DiskFile open(String path, OpenMode mode) throws IOException {
    boolean create = mode == OpenMode.CREATE_NEW;
    faults.before(create ? Operation.CREATE : Operation.OPEN, path);
    if (create) {
      SimulatedFolder parent = parent(path);
      if (parent.get(name(path)).isPresent()) {
        throw new IOException(path + " exists already");
      }
      parent.set(name(path), new SimulatedInode());
    }
    return new Handle(path, file(path), mode);
  }

  @Override
  public synchronized boolean exists(String path) {
    return find(path).isPresent();
  }

  @Override
  public synchronized List<String> list(String directory) throws IOException {
    faults.before(Operation.LIST, directory);
    Optional<SimulatedNode> node = find(directory);
    return node.isEmpty() ? List.of() : folder(directory).names();
  }

  @Override
  public synchronized void createDirectories(String directory) throws IOException {
    SimulatedFolder at = root;
    for (String name : names(directory)) {
      Optional<SimulatedNode> next = at.get(name);
      if (next.isEmpty()) {
        faults.before(Operation.CREATE_DIRECTORY, directory);
        at.set(name, new SimulatedFolder());
        at.sync();
      }
      if (!(at.get(name).orElseThrow() instanceof SimulatedFolder folder)) {
        throw new IOException(name + " in " + directory + " is a file, not a folder");
      }
      at = folder;
    }
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    faults.before(Operation.RENAME, from);
    SimulatedNode node = find(from).orElseThrow(() -> new FileNotFoundException(from));
    Optional<SimulatedNode> replaced = find(to);
    if (replaced.isPresent()
        && (node instanceof SimulatedFolder || replaced.get() instanceof SimulatedFolder)) {
      throw new IOException(to + " exists already");
    }
    SimulatedFolder source = parent(from);
    SimulatedFolder target = parent(to);
    replaced.ifPresent(this::unlink);
    if (source == target) {
      source.rename(name(from), name(to), node);
    } else {
      target.set(name(to), node);
      source.remove(name(from));
    }
  }

  @Override
  public synchronized void delete(String path) throws IOException {
    faults.before(Operation.DELETE, path);
    Optional<SimulatedNode> node = find(path);
    if (node.isEmpty()) {
      return;
    }
    if (node.get() instanceof SimulatedFolder folder && !folder.isEmpty()) {
      throw new IOException(path + " is not empty");
    }
    unlink(node.get());
    parent(path).remove(name(path));
  }

  private void unlink(SimulatedNode node) {
    if (node instanceof SimulatedInode file && file.linked()) {
      usedBytes -= file.size();
      file.setLinked(false);
    }
  }

  @Override
  public synchronized void deleteRecursively(String directory) throws IOException {
    checkNames(directory);
    Optional<SimulatedNode> node = find(directory);
    if (node.isEmpty()) {
      return;
    }
    if (node.get() instanceof SimulatedFolder folder) {
      for (String name : folder.names()) {
        deleteRecursively(directory + "/" + name);
      }
    }
    delete(directory);
  }

  @Override
  public synchronized void syncDirectory(String directory) throws IOException {
    faults.before(Operation.SYNC_DIRECTORY, directory);
    folder(directory).sync();
  }

  @Override
  public synchronized long usableBytes() {
    return Math.max(0, quotaBytes - usedBytes);
  }

  private void landStray(SimulatedWriteBack.Misdirected where, byte[] bytes) {
    if (find(where.path()).orElse(null) instanceof SimulatedInode hit) {
      hit.landStray(where.position(), bytes);
    }
  }

  private Optional<SimulatedNode> find(String path) {
    SimulatedNode at = root;
    for (String name : names(path)) {
      Optional<SimulatedNode> next =
          at instanceof SimulatedFolder folder ? folder.get(name) : Optional.empty();
      if (next.isEmpty()) {
        return next;
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private SimulatedFolder folder(String path) throws IOException {
    if (find(path).orElseThrow(() -> new FileNotFoundException(path))
        instanceof SimulatedFolder folder) {
      return folder;
    }
    throw new IOException(path + " is not a folder");
  }

  private SimulatedInode file(String path) throws IOException {
    if (find(path).orElseThrow(() -> new FileNotFoundException(path))
        instanceof SimulatedInode file) {
      return file;
    }
    throw new IOException(path + " is a folder");
  }

  private SimulatedFolder parent(String path) throws IOException {
    checkNames(path);
    int slash = path.lastIndexOf('/');
    return folder(slash < 0 ? "" : path.substring(0, slash));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void checkNames(String path) {
    if (names(path).isEmpty()) {
      throw new IllegalArgumentException("the disk's own folder cannot be used like this");
    }
  }

  private static List<String> names(String path) {
    if (path.isEmpty()) {
      return List.of();
    }
    List<String> names = List.of(path.split("/", -1));
    for (String name : names) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("path '" + path + "' leads out of the disk");
      }
    }
    return names;
  }

  private final class Handle implements DiskFile {
    private final String path;
    private final SimulatedInode file;
    private final OpenMode mode;
    private final long openedIn = life;
    private boolean closed;

    Handle(String path, SimulatedInode file, OpenMode mode) {
      this.path = path;
      this.file = file;
      this.mode = mode;
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
      synchronized (SimulatedDisk.this) {
        begin(Operation.READ);
        return file.read(position, into);
      }
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
      synchronized (SimulatedDisk.this) {
        beginWriting(Operation.WRITE);
        int sizeBefore = file.size();
        long growth = Math.max(0, position + from.remaining() - sizeBefore);
        int fitting = (int) Math.max(0, from.remaining() - Math.max(0, growth - usableBytes()));
        file.write(Math.toIntExact(position), from, fitting);
        grown(sizeBefore);
        if (from.hasRemaining()) {
          throw new IOException(path + ": no space left on device");
        }
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkOpen();
        try {
          faults.before(Operation.SYNC, path);
        } catch (IOException e) {
          file.failSync(
              position -> faults.writeBackOfFailedSync(path, position),
              SimulatedDisk.this::landStray);
          throw e;
        }
        file.sync(position -> faults.writeBack(path, position), SimulatedDisk.this::landStray);
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkOpen();
        return file.size();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimulatedDisk.this) {
        beginWriting(Operation.TRUNCATE);
        int sizeBefore = file.size();
        file.truncate(Math.toIntExact(Math.min(size, Integer.MAX_VALUE)));
        grown(sizeBefore);
      }
    }

    @Override
    public void close() {
      synchronized (SimulatedDisk.this) {
        closed = true;
      }
    }

    private void grown(int sizeBefore) {
      usedBytes += file.linked() ? file.size() - sizeBefore : 0;
    }

    private void begin(Operation operation) throws IOException {
      checkOpen();
      faults.before(operation, path);
    }

    private void beginWriting(Operation operation) throws IOException {
      checkOpen();
      if (mode == OpenMode.READ) {
        throw new NonWritableChannelException();
      }
      faults.before(operation, path);
    }

    private void checkOpen() throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
      if (openedIn != life) {
        throw new IOException(path + " was opened in an earlier life of the machine");
      }
    }
  }
}
