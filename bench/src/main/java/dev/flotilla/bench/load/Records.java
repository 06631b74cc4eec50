package dev.flotilla.bench.load;

/**
 * Which keys there are: those loaded and those inserted since, whoever inserts them. A key is
 * readable when it and all before it are acknowledged, so that a read of the latest keys never asks
 * for one that may still be missing. Safe for several threads.
 */
public final class Records {

  /** Most keys between the first that is not acknowledged and the newest claimed. */
  static final int WINDOW = 1 << 16;

  private final int loaded;
  // A bit for each number of the window, set = acknowledged.
  private final long[] acknowledged = new long[WINDOW / Long.SIZE];
  private volatile int readable;
  private int next;

  /**
   * @param loaded how many keys there are at first, numbered from 0
   */
  public Records(int loaded) {
    this.loaded = loaded;
    this.readable = loaded;
    this.next = loaded;
  }

  public int loaded() {
    return loaded;
  }

  /** All keys with numbers below this can be read. */
  public int readable() {
    return readable;
  }

  /** The number of a new key, to be acknowledged one day; -1 when too many are under way. */
  synchronized int claim() {
    if (next - readable >= WINDOW || next == Integer.MAX_VALUE) {
      return -1;
    }
    return next++;
  }

  synchronized void acknowledge(int number) {
    acknowledged[word(number)] |= bit(number);
    int end = readable;
    while (end < next && (acknowledged[word(end)] & bit(end)) != 0) {
      acknowledged[word(end)] &= ~bit(end);
      end++;
    }
    readable = end;
  }

  private static int word(int number) {
    return (number & (WINDOW - 1)) >>> 6;
  }

  private static long bit(int number) {
    return 1L << (number & 63);
  }
}
