package dev.flotilla.kv.engine;

import dev.flotilla.raft.fsm.NoRoomException;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Another engine with memory in front. Writes gather here and go into the engine many at a time,
 * sorted, each key once, by another thread: a key written often costs the engine as much as one
 * written once, and a write takes no more than a place in memory. What was written or read last
 * stays for the next reader: a command reads what it is about to replace.
 *
 * <p>What the engine is given together is everything since the last time up to the end of some
 * {@link #write}, so that it always stands as some write left it (H36). Nothing is durable before
 * {@link #flush}, as with any engine.
 *
 * <p>Memory is bounded. Half of it at most is for what is not written yet, in two segments; a write
 * that finds one full and the other still on its way waits for that.
 *
 * <p>Keys that are scanned often are kept in a tree, the others in a {@link RecordRing}.
 */
public final class WriteBackEngine implements KvEngine {
  /** What an entry of the tree takes beside key and value, about. */
  private static final int TREE_ENTRY_BYTES = 100;

  private final KvEngine engine;
  private final Executor drains;
  private final int scannedPrefix;
  private final RecordRing ring;
  private final KvWrites.Sink gather = new Gather();
  private final KvWrites.Sink forget = new Forget();

  /** Unwritten records that are scanned often, with ABSENT for what is deleted. */
  private NavigableMap<byte[], byte[]> tree = newTree();

  /** Those on their way to the engine, not changed any more. */
  private NavigableMap<byte[], byte[]> frozenTree = newTree();

  private long treeBytes;

  /** What is on its way to the engine; null when nothing is. */
  private @Nullable Drain drain;

  /** To be told when what the next drain writes is durable. */
  private @Nullable Runnable flushWanted;

  private boolean closed;

  /**
   * @param engine closed with this one; must allow reads by one thread while another writes, unless
   *     {@code drains} runs what it is given at once
   * @param drains runs what writes to the engine; a task it drops or leaves lying is run by the
   *     first who needs it done
   * @param bytes memory for records and what finds them, about; at least 8 KiB
   * @param scannedPrefix keys whose first two bytes are at least this number are scanned often
   */
  public WriteBackEngine(KvEngine engine, Executor drains, int bytes, int scannedPrefix) {
    this.engine = engine;
    this.drains = drains;
    this.scannedPrefix = scannedPrefix;
    this.ring = new RecordRing(bytes / 5 * 4);
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public byte @Nullable [] get(byte[] key) {
    checkOpen();
    byte[] known = isScanned(key) ? inTrees(key) : ring.get(key);
    if (known != null) {
      return known == RecordRing.ABSENT ? null : known;
    }
    byte[] stored = engine.get(key);
    if (!isScanned(key)) {
      keep(key, stored == null ? RecordRing.ABSENT : stored);
    }
    return stored;
  }

  private void keep(byte[] key, byte[] value) {
    if (!ring.keep(key, value)) {
      settle();
      if (drain == null) {
        startDrain(); // a few unwritten records must not keep the ring from learning
      }
    }
  }

  private byte @Nullable [] inTrees(byte[] key) {
    byte[] value = tree.get(key);
    return value != null ? value : frozenTree.get(key);
  }

  @Override
  public void scan(byte[] from, Visitor visitor) {
    checkOpen();
    MergedScan.scan(
        tree.tailMap(from, true).entrySet().iterator(),
        RecordRing.ABSENT,
        aboveFrozen -> scanFrozenTree(from, aboveFrozen),
        visitor);
  }

  private void scanFrozenTree(byte[] from, Visitor visitor) {
    MergedScan.scan(
        frozenTree.tailMap(from, true).entrySet().iterator(),
        RecordRing.ABSENT,
        aboveRing -> scanRing(from, aboveRing),
        visitor);
  }

  private void scanRing(byte[] from, Visitor visitor) {
    MergedScan.scan(
        ring.unwrittenFrom(from),
        RecordRing.ABSENT,
        aboveEngine -> engine.scan(from, aboveEngine),
        visitor);
  }

  @Override
  public void write(KvWrites writes) {
    checkOpen();
    if (writes.isEmpty()) {
      return;
    }
    Size size = new Size();
    writes.playInto(size);
    if (size.hasRanges || !ring.couldHold(size.mostBytes())) {
      writeThrough(writes);
      return;
    }
    settle();
    if (!ring.hasRoomFor(treeBytes + size.mostBytes())) {
      awaitDrain();
      startDrain();
    }
    writes.playInto(gather);
  }

  /** What cannot gather goes the direct way, behind everything before it. */
  private void writeThrough(KvWrites writes) {
    drainAll();
    engine.write(writes);
    writes.playInto(forget);
  }

  @Override
  public void flush() {
    checkOpen();
    drainAll();
    engine.flush();
  }

  @Override
  public void flushBehind(Runnable durable) {
    checkOpen();
    settle();
    if (drain != null && flushWanted == null) {
      flushWanted = durable; // one at a time
      return;
    }
    awaitDrain();
    flushWanted = durable;
    startDrain();
  }

  @Override
  public void checkpoint(String directory) {
    checkOpen();
    drainAll();
    engine.checkpoint(directory);
  }

  @Override
  public void install(String directory) {
    checkOpen();
    if (drain != null) {
      drain.abandon();
      // Should the old content have to stay.
      drain = drain.again();
    }
    engine.install(directory);
    drain = null;
    flushWanted = null;
    ring.clear();
    tree = newTree();
    frozenTree = newTree();
    treeBytes = 0;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (drain != null) {
        drain.abandon();
      }
      engine.close();
    }
  }

  // --- Draining -------------------------------------------------------------------------------

  /** Freezes what has gathered and has it written by another thread. Nothing may be on its way. */
  private void startDrain() {
    RingSegment segment = ring.freeze();
    frozenTree = tree;
    tree = newTree();
    treeBytes = 0;
    drain = new Drain(engine, new Frozen(segment, frozenTree), flushWanted);
    flushWanted = null;
    drains.execute(drain);
  }

  /** Makes room of what has arrived, or throws what came of it instead. */
  private void settle() {
    if (drain != null && drain.isOver()) {
      awaitDrain();
    }
  }

  /**
   * Returns when nothing is on its way any more.
   *
   * @throws NoRoomException as from the engine; it is still on its way, and will be tried again
   */
  private void awaitDrain() {
    if (drain == null) {
      return;
    }
    try {
      drain.await();
    } catch (NoRoomException e) {
      drain = drain.again();
      throw e;
    }
    drain = null;
    ring.release();
    frozenTree = newTree();
  }

  private void drainAll() {
    awaitDrain();
    if (ring.hasUnwritten() || !tree.isEmpty()) {
      startDrain();
      awaitDrain();
    }
  }

  private boolean isScanned(byte[] key) {
    return RingRecord.prefix(key) >= scannedPrefix;
  }

  private static NavigableMap<byte[], byte[]> newTree() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  /** A segment and the part of the tree that belongs to it. */
  private record Frozen(RingSegment segment, NavigableMap<byte[], byte[]> tree)
      implements KvWrites {
    @Override
    public boolean isEmpty() {
      return segment.isEmpty() && tree.isEmpty();
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void playInto(Sink sink) {
      segment.playInto(sink);
      tree.forEach((key, value) -> {
        if (value == RecordRing.ABSENT) {
          sink.delete(key);
        } else {
          sink.put(key, value);
        }
      });
    }
  }

  /** What writes take at most. */
  private static final class Size implements KvWrites.Sink {
    private long bytes;
    private int records;
    private boolean hasRanges;

    long mostBytes() {
      return RecordRing.mostBytes(records, bytes) + (long) records * TREE_ENTRY_BYTES;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      bytes += key.length + value.length;
      records++;
    }

    @Override
    public void delete(byte[] key) {
      bytes += key.length;
      records++;
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      hasRanges = true;
    }
  }

  private final class Gather implements KvWrites.Sink {
    @Override
    public void put(byte[] key, byte[] value) {
      if (!isScanned(key)) {
        ring.put(key, value);
      } else if (tree.put(key, value) == null) {
        treeBytes += TREE_ENTRY_BYTES + key.length + value.length;
      }
    }

    @Override
    public void delete(byte[] key) {
      put(key, RecordRing.ABSENT);
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      throw new IllegalStateException("ranges do not gather");
    }
  }

  /** Of what was written past the ring, when nothing in it was unwritten. */
  private final class Forget implements KvWrites.Sink {
    @Override
    public void put(byte[] key, byte[] value) {
      ring.forget(key);
    }

    @Override
    public void delete(byte[] key) {
      ring.forget(key);
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      ring.clear();
    }
  }
}
