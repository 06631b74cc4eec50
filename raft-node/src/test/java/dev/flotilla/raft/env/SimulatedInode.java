package dev.flotilla.raft.env;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * A simulated file's bytes: what a reader sees, what is on the platter, and which of the seen bytes
 * still have to get there.
 */
final class SimulatedInode implements SimulatedNode {
  static final int SECTOR_BYTES = 512;

  private byte[] seen = new byte[0];
  private int size;
  private byte[] durable = new byte[0];
  private int durableSize;
  private final BitSet dirty = new BitSet();

  int size() {
    return size;
  }

  int durableSize() {
    return durableSize;
  }

  int read(long position, ByteBuffer into) {
    if (position >= size) {
      return 0;
    }
    int at = Math.toIntExact(position);
    int bytes = Math.min(into.remaining(), size - at);
    into.put(seen, at, bytes);
    return bytes;
  }

  void write(int position, byte[] bytes) {
    int end = Math.addExact(position, bytes.length);
    if (end > seen.length) {
      seen = Arrays.copyOf(seen, Math.max(end, seen.length * 2));
    }
    System.arraycopy(bytes, 0, seen, position, bytes.length);
    dirty.set(position, end);
    size = Math.max(size, end);
  }

  void truncate(int newSize) {
    if (newSize >= size) {
      return;
    }
    Arrays.fill(seen, newSize, size, (byte) 0);
    dirty.set(newSize, size);
    size = newSize;
  }

  void sync() {
    if (durable.length < seen.length) {
      durable = Arrays.copyOf(durable, seen.length);
    }
    for (int from = dirty.nextSetBit(0); from >= 0; ) {
      int to = dirty.nextClearBit(from);
      System.arraycopy(seen, from, durable, from, to - from);
      from = dirty.nextSetBit(to);
    }
    durableSize = size;
    dirty.clear();
  }

  /**
   * A sync that failed: the pages count as clean from now on, and are on the platter only if
   * written again.
   */
  void failSync() {
    dirty.clear();
  }

  void flipBit(int position, int bit) {
    if (position >= size) {
      throw new IllegalArgumentException("byte " + position + " of a file of " + size);
    }
    seen[position] ^= (byte) (1 << bit);
    if (position < durableSize) {
      durable[position] ^= (byte) (1 << bit);
    }
  }

  byte[] content() {
    return Arrays.copyOf(seen, size);
  }

  /**
   * The power goes. Every sector with unsynced bytes keeps its old bytes, gets the new ones, zeros
   * or garbage; the size is the old one, the new one, or one on the way.
   *
   * @param wholeSectors whether zeros and garbage also hit bytes of the sector that had been synced
   */
  void crash(RandomGenerator random, boolean wholeSectors) {
    int crashSize = crashSize(random);
    byte[] image = Arrays.copyOf(durable, Math.max(durable.length, seen.length));
    double chanceOfNew = random.nextDouble();
    double chanceOfOld = random.nextDouble();
    for (int at = dirty.nextSetBit(0); at >= 0; ) {
      int sector = at / SECTOR_BYTES;
      int sectorEnd = (sector + 1) * SECTOR_BYTES;
      if (random.nextDouble() < chanceOfNew) {
        copyDirty(image, at, sectorEnd);
      } else if (random.nextDouble() >= chanceOfOld) {
        boolean garbage = random.nextBoolean();
        for (int i = sector * SECTOR_BYTES; i < Math.min(sectorEnd, image.length); i++) {
          if (wholeSectors || dirty.get(i)) {
            image[i] = garbage ? (byte) random.nextInt() : 0;
          }
        }
      }
      at = dirty.nextSetBit(sectorEnd);
    }
    settle(image, crashSize);
  }

  /** Only what was synced remains. */
  void dropUnsynced() {
    settle(durable, durableSize);
  }

  private void copyDirty(byte[] image, int from, int to) {
    for (int i = dirty.nextSetBit(from); i >= 0 && i < to; i = dirty.nextSetBit(i + 1)) {
      image[i] = seen[i];
    }
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

  private void settle(byte[] image, int imageSize) {
    durable = Arrays.copyOf(image, Math.max(image.length, imageSize));
    Arrays.fill(durable, imageSize, durable.length, (byte) 0);
    durableSize = imageSize;
    seen = durable.clone();
    size = imageSize;
    dirty.clear();
  }

  /** A file with this one's durable bytes. */
  SimulatedInode copyDurable() {
    SimulatedInode copy = new SimulatedInode();
    copy.settle(durable, durableSize);
    return copy;
  }
}
