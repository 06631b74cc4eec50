package dev.flotilla.raft.core;

/**
 * The appends sent to one follower and not yet acknowledged: a window bounded in number and bytes,
 * so that a slow follower is not buried (thesis 10.2.2).
 *
 * <p>Each append remembers the heartbeat round that was current when it left. Messages between two
 * nodes keep their order, and a follower answers in order; so when the answer to a LATER round
 * comes back and the append is still unanswered, it or its answer was lost, and waiting longer is
 * no use.
 *
 * <p>Invariant: {@code bytes} is the sum over the window; last indexes ascend.
 */
final class Inflights {
  private final int maxAppends;
  private final long maxBytes;
  private long[] lastIndexes = new long[8];
  private long[] rounds = new long[8];
  private int[] sizes = new int[8];
  private int head;
  private int count;
  private long bytes;

  Inflights(int maxAppends, long maxBytes) {
    this.maxAppends = maxAppends;
    this.maxBytes = maxBytes;
  }

  boolean isFull() {
    return count == maxAppends || bytes >= maxBytes;
  }

  int count() {
    return count;
  }

  void sent(long lastIndex, int appendBytes, long round) {
    if (isFull()) {
      throw new IllegalStateException("append sent beyond a full window");
    }
    if (count == sizes.length) {
      grow();
    }
    int slot = (head + count) & (sizes.length - 1);
    lastIndexes[slot] = lastIndex;
    sizes[slot] = appendBytes;
    rounds[slot] = round;
    count++;
    bytes += appendBytes;
  }

  /** Frees every append whose entries all lie within {@code matchIndex}. */
  void acknowledged(long matchIndex) {
    while (count > 0 && lastIndexes[head] <= matchIndex) {
      bytes -= sizes[head];
      head = (head + 1) & (sizes.length - 1);
      count--;
    }
  }

  /** Whether an append that left before {@code round} began is still unanswered. */
  boolean hasOlderThan(long round) {
    return count > 0 && rounds[head] < round;
  }

  void clear() {
    head = 0;
    count = 0;
    bytes = 0;
  }

  private void grow() {
    int capacity = sizes.length;
    long[] biggerIndexes = new long[2 * capacity];
    long[] biggerRounds = new long[2 * capacity];
    int[] biggerSizes = new int[2 * capacity];
    for (int i = 0; i < count; i++) {
      int slot = (head + i) & (capacity - 1);
      biggerIndexes[i] = lastIndexes[slot];
      biggerRounds[i] = rounds[slot];
      biggerSizes[i] = sizes[slot];
    }
    lastIndexes = biggerIndexes;
    rounds = biggerRounds;
    sizes = biggerSizes;
    head = 0;
  }
}
