package dev.flotilla.raft.core;

/**
 * Bytes of the entries a leader has added and not yet seen committed: the backlog that grows
 * without end when the quorum is gone (H52). Entries inherited from earlier leaders are not
 * counted; those leaders bounded them.
 *
 * <p>Invariant: {@code sizes} holds the entries {@code first .. first + count - 1}, {@code total}
 * is their sum.
 */
final class UncommittedBytes {
  private int[] sizes = new int[64];
  private int head;
  private int count;
  private long first;
  private long total;

  void reset(long nextIndex) {
    head = 0;
    count = 0;
    first = nextIndex;
    total = 0;
  }

  long total() {
    return total;
  }

  void appended(int bytes) {
    if (count == sizes.length) {
      int[] bigger = new int[2 * count];
      for (int i = 0; i < count; i++) {
        bigger[i] = sizes[(head + i) & (sizes.length - 1)];
      }
      sizes = bigger;
      head = 0;
    }
    sizes[(head + count) & (sizes.length - 1)] = bytes;
    count++;
    total += bytes;
  }

  void committed(long index) {
    while (count > 0 && first <= index) {
      total -= sizes[head];
      head = (head + 1) & (sizes.length - 1);
      first++;
      count--;
    }
  }
}
