package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * A simulated file's bytes: what a reader sees (the page cache), what is on the platter, and which
 * of the seen bytes still have to get there.
 *
 * <p>Both are tables of sectors. A sector of the platter is never changed, only replaced, so that a
 * sync, a copy of the platter and an eviction move references, not bytes; a sector of the cache is
 * copied before its first change since it was shared.
 */
final class SimulatedInode implements SimulatedNode {
  static final int SECTOR_BYTES = 512;

  private static final byte[] ZEROS = new byte[SECTOR_BYTES];

  /** What becomes of the sector at a position on its way to the platter. */
  @FunctionalInterface
  interface WriteBackFate {
    SimulatedWriteBack of(long position);
  }

  /** Takes the sector of a misdirected write. */
  @FunctionalInterface
  interface Stray {
    void land(SimulatedWriteBack.Misdirected where, byte[] bytes);
  }

  private byte[][] seen = new byte[0][];
  private int size;
  private byte[][] platter = new byte[0][];
  private int durableSize;

  /** Bytes that a sync would write. */
  private final BitSet dirty = new BitSet();

  /** Sectors of the cache that nobody else refers to. */
  private final BitSet owned = new BitSet();

  /** Sectors whose clean bytes are others in the cache than on the platter. */
  private final BitSet diverged = new BitSet();

  /** Sectors that cannot be read. */
  private final BitSet unreadable = new BitSet();

  private boolean linked = true;

  int size() {
    return size;
  }

  /** Whether the file has a name, and so counts against the quota. */
  boolean linked() {
    return linked;
  }

  void setLinked(boolean linked) {
    this.linked = linked;
  }

  int read(long position, ByteBuffer into) throws IOException {
    if (position >= size) {
      return 0;
    }
    int at = Math.toIntExact(position);
    int end = Math.min(size, Math.addExact(at, into.remaining()));
    if (!unreadable.isEmpty() && end > at) {
      int bad = unreadable.nextSetBit(at / SECTOR_BYTES);
      if (bad >= 0 && bad <= (end - 1) / SECTOR_BYTES) {
        throw new IOException("Input/output error in sector " + bad);
      }
    }
    for (int from = at; from < end; ) {
      int to = Math.min(end, sectorEnd(from));
      into.put(sector(seen, from / SECTOR_BYTES), from % SECTOR_BYTES, to - from);
      from = to;
    }
    return end - at;
  }

  /** Takes so many bytes from the buffer. */
  void write(int position, ByteBuffer bytes, int count) {
    int end = Math.addExact(position, count);
    for (int from = position; from < end; ) {
      int to = Math.min(end, sectorEnd(from));
      bytes.get(ownedSector(from / SECTOR_BYTES), from % SECTOR_BYTES, to - from);
      if (to - from == SECTOR_BYTES) {
        unreadable.clear(from / SECTOR_BYTES);
      }
      from = to;
    }
    dirty.set(position, end);
    size = Math.max(size, end);
  }

  void truncate(int newSize) {
    if (newSize >= size) {
      return;
    }
    for (int from = newSize; from < size; ) {
      int to = Math.min(size, sectorEnd(from));
      Arrays.fill(
          ownedSector(from / SECTOR_BYTES),
          from % SECTOR_BYTES,
          from % SECTOR_BYTES + to - from,
          (byte) 0);
      from = to;
    }
    dirty.set(newSize, size);
    size = newSize;
  }

  /** Writes the dirty bytes back, each sector to where its fate sends it. */
  void sync(WriteBackFate fate, Stray stray) {
    writeBack(fate, stray);
    durableSize = size;
  }

  /**
   * A sync that failed: the bytes count as clean from now on, and where their sector's fate was not
   * to land they are on the platter only if they are written again.
   */
  void failSync(WriteBackFate fate, Stray stray) {
    writeBack(fate, stray);
  }

  private void writeBack(WriteBackFate fate, Stray stray) {
    for (int at = dirty.nextSetBit(0); at >= 0; ) {
      int sector = at / SECTOR_BYTES;
      switch (fate.of((long) sector * SECTOR_BYTES)) {
        case SimulatedWriteBack.Lands() -> land(sector);
        case SimulatedWriteBack.Lost() -> diverged.set(sector);
        case SimulatedWriteBack.Misdirected where -> {
          diverged.set(sector);
          stray.land(where, sector(seen, sector).clone());
        }
      }
      at = dirty.nextSetBit((sector + 1) * SECTOR_BYTES);
    }
    dirty.clear();
  }

  private void land(int sector) {
    if (diverged.get(sector)) {
      setPlatter(sector, withDirty(sector));
    } else {
      setPlatter(sector, sector(seen, sector));
      owned.clear(sector);
    }
  }

  /** Foreign bytes on this file's platter; what of them lies beyond its end hits nobody. */
  void landStray(long position, byte[] bytes) {
    for (int i = 0; i < bytes.length && position + i < durableSize; ) {
      int at = Math.toIntExact(position + i);
      int count = Math.min(bytes.length - i, Math.min(sectorEnd(at), durableSize) - at);
      int sector = at / SECTOR_BYTES;
      byte[] hit = sector(platter, sector).clone();
      System.arraycopy(bytes, i, hit, at % SECTOR_BYTES, count);
      setPlatter(sector, hit);
      diverged.set(sector);
      i += count;
    }
  }

  /** The cache forgets what it need not remember: clean bytes are read from the platter again. */
  void evict() {
    for (int sector = diverged.nextSetBit(0);
        sector >= 0;
        sector = diverged.nextSetBit(sector + 1)) {
      byte[] fresh = sector(platter, sector).clone();
      int start = sector * SECTOR_BYTES;
      for (int i = dirty.nextSetBit(start);
          i >= 0 && i < start + SECTOR_BYTES;
          i = dirty.nextSetBit(i + 1)) {
        fresh[i - start] = sector(seen, sector)[i - start];
      }
      Arrays.fill(fresh, Math.clamp((long) size - start, 0, SECTOR_BYTES), SECTOR_BYTES, (byte) 0);
      setSeen(sector, fresh);
      owned.set(sector);
    }
    diverged.clear();
  }

  void flipBit(int position, int bit) {
    if (position >= size) {
      throw new IllegalArgumentException("byte " + position + " of a file of " + size);
    }
    int sector = position / SECTOR_BYTES;
    ownedSector(sector)[position % SECTOR_BYTES] ^= (byte) (1 << bit);
    if (position < durableSize) {
      byte[] flipped = sector(platter, sector).clone();
      flipped[position % SECTOR_BYTES] ^= (byte) (1 << bit);
      setPlatter(sector, flipped);
    }
  }

  /** Reads that touch a sector of the range fail until the sector is written as a whole. */
  void failReads(int from, int to) {
    unreadable.set(from / SECTOR_BYTES, (to + SECTOR_BYTES - 1) / SECTOR_BYTES);
  }

  byte[] content() {
    return bytes(seen, size);
  }

  byte[] durableContent() {
    return bytes(platter, durableSize);
  }

  private static byte[] bytes(byte[][] sectors, int size) {
    byte[] bytes = new byte[size];
    for (int from = 0; from < size; from += SECTOR_BYTES) {
      System.arraycopy(
          sector(sectors, from / SECTOR_BYTES),
          0,
          bytes,
          from,
          Math.min(SECTOR_BYTES, size - from));
    }
    return bytes;
  }

  /**
   * The power goes. Every sector with unsynced bytes keeps its old bytes, gets the new ones, zeros
   * or garbage; the size is the old one, the new one, or one on the way.
   *
   * @param wholeSectors whether zeros and garbage also hit bytes of the sector that had been synced
   */
  void crash(RandomGenerator random, boolean wholeSectors) {
    int crashSize = crashSize(random);
    double chanceOfNew = random.nextDouble();
    double chanceOfOld = random.nextDouble();
    for (int at = dirty.nextSetBit(0); at >= 0; ) {
      int sector = at / SECTOR_BYTES;
      if (random.nextDouble() < chanceOfNew) {
        setPlatter(sector, withDirty(sector));
      } else if (random.nextDouble() >= chanceOfOld) {
        setPlatter(sector, torn(sector, random.nextBoolean(), random, wholeSectors));
      }
      at = dirty.nextSetBit((sector + 1) * SECTOR_BYTES);
    }
    settle(crashSize);
  }

  private byte[] withDirty(int sector) {
    byte[] image = sector(platter, sector).clone();
    byte[] cached = sector(seen, sector);
    for (int i = 0; i < SECTOR_BYTES; i++) {
      if (dirty.get(sector * SECTOR_BYTES + i)) {
        image[i] = cached[i];
      }
    }
    return image;
  }

  private byte[] torn(int sector, boolean garbage, RandomGenerator random, boolean wholeSectors) {
    byte[] image = sector(platter, sector).clone();
    for (int i = 0; i < SECTOR_BYTES; i++) {
      if (wholeSectors || dirty.get(sector * SECTOR_BYTES + i)) {
        image[i] = garbage ? (byte) random.nextInt() : 0;
      }
    }
    return image;
  }

  private int crashSize(RandomGenerator random) {
    int low = Math.min(size, durableSize);
    int high = Math.max(size, durableSize);
    return switch (random.nextInt(3)) {
      case 0 -> durableSize;
      case 1 -> size;
      default -> low + random.nextInt(high - low + 1);
    };
  }

  /** Only what was synced remains. */
  void dropUnsynced() {
    settle(durableSize);
  }

  /** The file is what is on its platter, with a size. */
  private void settle(int newSize) {
    int sectors = (newSize + SECTOR_BYTES - 1) / SECTOR_BYTES;
    platter = Arrays.copyOf(platter, sectors);
    if (newSize % SECTOR_BYTES != 0 && platter[sectors - 1] != null) {
      byte[] last = platter[sectors - 1].clone();
      Arrays.fill(last, newSize % SECTOR_BYTES, SECTOR_BYTES, (byte) 0);
      platter[sectors - 1] = last;
    }
    seen = platter.clone();
    durableSize = newSize;
    size = newSize;
    dirty.clear();
    owned.clear();
    diverged.clear();
  }

  /** A file with this one's durable bytes. */
  SimulatedInode copyDurable() {
    SimulatedInode copy = new SimulatedInode();
    copy.platter = platter;
    copy.settle(durableSize);
    copy.unreadable.or(unreadable);
    return copy;
  }

  private byte[] ownedSector(int sector) {
    if (!owned.get(sector)) {
      setSeen(sector, sector(seen, sector).clone());
      owned.set(sector);
    }
    return sector(seen, sector);
  }

  private void setSeen(int sector, byte[] bytes) {
    seen = withRoom(seen, sector);
    seen[sector] = bytes;
  }

  private void setPlatter(int sector, byte[] bytes) {
    platter = withRoom(platter, sector);
    platter[sector] = bytes;
  }

  private static byte[][] withRoom(byte[][] sectors, int sector) {
    return sector < sectors.length
        ? sectors
        : Arrays.copyOf(sectors, Math.max(sector + 1, sectors.length * 2));
  }

  private static int sectorEnd(int position) {
    return position - position % SECTOR_BYTES + SECTOR_BYTES;
  }

  private static byte[] sector(byte[][] sectors, int sector) {
    return sector < sectors.length && sectors[sector] != null ? sectors[sector] : ZEROS;
  }
}
