package dev.flotilla.bench.ledger;

import java.util.Arrays;

/**
 * What one worker was told of its writes 1, 2, 3, ... Keys and values follow from the numbers, so
 * only the revisions are kept. Written by the worker, read after it ended.
 */
final class WorkerLedger {

  /** The write was never answered. */
  static final long OPEN = -1;

  private long[] revisions = new long[1024];
  private int size;

  /** The next write was acked with this revision (1 or more). */
  void acked(long revision) {
    if (revision < 1) {
      throw new IllegalArgumentException("an acked write has a revision, not " + revision);
    }
    add(revision);
  }

  /** The next write stays without an answer. */
  void leftOpen() {
    add(OPEN);
  }

  /** The number of the last write; the first has 1. */
  int last() {
    return size;
  }

  /** The acked revision of the write, or {@link #OPEN}. */
  long revision(int number) {
    return revisions[number - 1];
  }

  /**
   * Effects in the slot beyond one for each acked write and at most one for each open one. Only
   * this worker writes to the slot, whose revision counts effects; so an excess is a write that
   * took effect twice.
   */
  long extraEffects() {
    long extra = 0;
    long previous = 0;
    int open = 0;
    for (int number = 1; number <= size; number++) {
      long revision = revision(number);
      if (revision == OPEN) {
        open++;
        continue;
      }
      if (previous > 0) {
        extra += Math.max(0, revision - previous - 1 - open);
      }
      previous = revision;
      open = 0;
    }
    return extra;
  }

  /** Acked writes whose revision is not above the one acked before: effects that were undone. */
  long revisionsGoneBack() {
    long gone = 0;
    long previous = 0;
    for (int number = 1; number <= size; number++) {
      long revision = revision(number);
      if (revision != OPEN) {
        gone += revision <= previous ? 1 : 0;
        previous = revision;
      }
    }
    return gone;
  }

  private void add(long revision) {
    if (size == revisions.length) {
      revisions = Arrays.copyOf(revisions, 2 * size);
    }
    revisions[size++] = revision;
  }
}
