package dev.flotilla.raft.core;

import java.util.List;

/**
 * The log as the algorithm sees it: where it begins and ends, every position's term, how far it is
 * on disk, and its entries, the newest from memory and older ones through {@link LogReader}.
 *
 * <p>The stored log lags behind: what a step appends reaches it only at the end of the node's pass.
 * So everything above {@code durableIndex} is answered from memory, and the reader is asked only
 * for what is known to be on disk.
 *
 * <p>Invariant: {@code base.index <= durableIndex <= lastIndex}; the cache holds at least {@code
 * durableIndex + 1 .. lastIndex}.
 */
final class EntryLog {
  private final LogReader stored;
  private final TermRuns terms;
  private final TailCache cache;
  private final long maxCachedBytes;

  /** The last position no longer in the log. Never goes back. */
  private LogBase base;

  /**
   * The log's end. Goes back only when a conflicting tail is cut (never below the commit index).
   */
  private long lastIndex;

  /** Everything up to here is on disk and is what this log says. */
  private long durableIndex;

  /** The slice handed out last: the followers of a group in step are sent one and the same list. */
  private List<Entry> sharedSlice = List.of();

  private long sharedFrom;
  private long sharedTo;
  private long sharedMaxBytes;

  EntryLog(LogReader stored, long maxCachedBytes) {
    this.stored = stored;
    this.maxCachedBytes = maxCachedBytes;
    base = stored.base();
    lastIndex = stored.lastIndex();
    durableIndex = lastIndex;
    terms = new TermRuns(base.index(), base.term());
    cache = new TailCache(lastIndex + 1);
    if (lastIndex < base.index()) {
      throw new IllegalStateException(
          "log ends at " + lastIndex + " before its base " + base.index());
    }
  }

  /** Takes note of a stored entry while the log is read through at start. */
  void recover(Entry entry) {
    terms.append(entry.index(), entry.term());
  }

  LogBase base() {
    return base;
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastTerm() {
    return terms.termAt(lastIndex);
  }

  long durableIndex() {
    return durableIndex;
  }

  boolean holdsTermOf(long index) {
    return index >= base.index() && index <= lastIndex;
  }

  long termAt(long index) {
    if (!holdsTermOf(index)) {
      throw new IllegalStateException(
          "term of " + index + " asked of a log " + base.index() + ".." + lastIndex);
    }
    return terms.termAt(index);
  }

  boolean matches(long index, long term) {
    return holdsTermOf(index) && terms.termAt(index) == term;
  }

  /** See {@link TermRuns#lastNotAbove}. */
  long lastNotAbove(long index, long term) {
    return terms.lastNotAbove(Math.min(index, lastIndex), term);
  }

  /**
   * Whether a log ending there is at least as complete as this one (thesis 3.6.1): term first
   * (H14).
   */
  boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
    long ownTerm = lastTerm();
    return otherLastTerm > ownTerm || (otherLastTerm == ownTerm && otherLastIndex >= lastIndex);
  }

  void append(Entry entry) {
    terms.append(entry.index(), entry.term());
    cache.append(entry);
    lastIndex = entry.index();
  }

  /**
   * Cuts {@code index} and everything after it. The caller has made sure that none of it is
   * committed.
   */
  void truncateFrom(long index) {
    if (index <= base.index() || index > lastIndex) {
      throw new IllegalStateException(
          "cut at " + index + " of a log " + base.index() + ".." + lastIndex);
    }
    terms.truncateFrom(index);
    cache.truncateFrom(index);
    lastIndex = index - 1;
    durableIndex = Math.min(durableIndex, lastIndex);
    forgetSlice();
  }

  /**
   * The disk reports everything up to {@code index} written. Ignored unless that position still
   * holds the entry that was written (H23): a report about a tail that has been replaced since says
   * nothing about the entries which took its place. Equal index and term mean equal logs up to
   * there (log matching).
   */
  boolean madeDurable(long index, long term) {
    if (index <= durableIndex || !matches(index, term)) {
      return false;
    }
    durableIndex = index;
    cache.evict(maxCachedBytes, durableIndex);
    return true;
  }

  void compactTo(LogBase newBase) {
    terms.compactTo(newBase.index());
    cache.dropThrough(newBase.index());
    base = newBase;
    forgetSlice();
  }

  /** A snapshot takes the place of the whole log. */
  void resetTo(LogBase newBase) {
    terms.reset(newBase.index(), newBase.term());
    cache.reset(newBase.index() + 1);
    base = newBase;
    lastIndex = newBase.index();
    durableIndex = newBase.index();
    forgetSlice();
  }

  /**
   * Entries {@code from..to} within the log: at least one, and more while they fit into the bytes.
   */
  List<Entry> slice(long from, long to, long maxBytes) {
    if (from <= base.index() || to > lastIndex || from > to) {
      throw new IllegalStateException(
          from + ".." + to + " asked of a log " + (base.index() + 1) + ".." + lastIndex);
    }
    if (from == sharedFrom && to == sharedTo && maxBytes == sharedMaxBytes) {
      return sharedSlice;
    }
    List<Entry> slice =
        from >= cache.first()
            ? cache.slice(from, to, maxBytes)
            : stored.read(from, Math.min(to, cache.first() - 1), maxBytes);
    sharedSlice = slice;
    sharedFrom = from;
    sharedTo = to;
    sharedMaxBytes = maxBytes;
    return slice;
  }

  private void forgetSlice() {
    sharedSlice = List.of();
    sharedFrom = 0;
    sharedTo = 0;
  }
}
