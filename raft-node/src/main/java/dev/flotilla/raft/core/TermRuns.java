package dev.flotilla.raft.core;

import java.util.Arrays;

/**
 * The term of every log position, as runs of equal terms: a log of millions of entries written by
 * three leaders needs three pairs of numbers. Because terms never decrease along a log (thesis
 * 3.5), a run begins where the term grows.
 *
 * <p>Invariant: {@code firstIndexes} and {@code terms} ascend strictly; the first run begins at the
 * log's base, whose term therefore stays known after compaction.
 */
final class TermRuns {
  private long[] firstIndexes = new long[8];
  private long[] terms = new long[8];
  private int runs;

  TermRuns(long baseIndex, long baseTerm) {
    reset(baseIndex, baseTerm);
  }

  void reset(long baseIndex, long baseTerm) {
    firstIndexes[0] = baseIndex;
    terms[0] = baseTerm;
    runs = 1;
  }

  /** Records that the entry at {@code index}, the new end of the log, is of {@code term}. */
  void append(long index, long term) {
    long last = terms[runs - 1];
    if (term < last) {
      throw new IllegalStateException(
          "entry " + index + " of term " + term + " follows one of term " + last);
    }
    if (term == last) {
      return;
    }
    if (runs == terms.length) {
      firstIndexes = Arrays.copyOf(firstIndexes, 2 * runs);
      terms = Arrays.copyOf(terms, 2 * runs);
    }
    firstIndexes[runs] = index;
    terms[runs] = term;
    runs++;
  }

  /** Forgets {@code index} and everything after it; {@code index} is above the base. */
  void truncateFrom(long index) {
    while (runs > 1 && firstIndexes[runs - 1] >= index) {
      runs--;
    }
  }

  /** Makes {@code index} the base. */
  void compactTo(long index) {
    int keep = runOf(index);
    System.arraycopy(firstIndexes, keep, firstIndexes, 0, runs - keep);
    System.arraycopy(terms, keep, terms, 0, runs - keep);
    runs -= keep;
    firstIndexes[0] = index;
  }

  /** The term at {@code index}, which lies between the base and the log's end. */
  long termAt(long index) {
    return terms[runOf(index)];
  }

  /**
   * The largest index not above {@code index} whose term is not above {@code term}; one less than
   * the base when there is none. Both sides of a rejected append use it to jump over a whole term
   * at a time (H24):
   *
   * <pre>
   *   index     1 2 3 4 5 6 7 8 9
   *   leader    1 3 3 3 5 5 5 5 5     probe at 9 (term 5)
   *   follower  1 1 1 1 2 2           hint 6 (term 2): leader jumps to 1, its last entry of term ≤ 2
   * </pre>
   */
  long lastNotAbove(long index, long term) {
    long candidate = index;
    for (int run = runs - 1; run >= 0; run--) {
      if (firstIndexes[run] > candidate) {
        continue;
      }
      if (terms[run] <= term) {
        return candidate;
      }
      candidate = firstIndexes[run] - 1;
    }
    return firstIndexes[0] - 1;
  }

  private int runOf(long index) {
    if (index >= firstIndexes[runs - 1]) {
      return runs - 1; // nearly every question is about the current leader's entries
    }
    int found = Arrays.binarySearch(firstIndexes, 0, runs, index);
    int run = found >= 0 ? found : -found - 2;
    if (run < 0) {
      throw new IllegalStateException("index " + index + " lies before the log's base");
    }
    return run;
  }
}
