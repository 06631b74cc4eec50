package dev.flotilla.bench.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The clock of recoveries: told of every success, asked how long a group was without. Safe for
 * several threads.
 *
 * <p>The first success after a kill proves nothing by itself: its answer may have been under way
 * when the leader died. A success <em>in a higher term</em> can only come from the new leader, so
 * that is what ends a recovery.
 */
public final class RecoveryProbe {

  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition succeeded = lock.newCondition();
  private final Map<String, Group> groups = new HashMap<>();

  /**
   * @param nanoTime a monotonic clock in nanoseconds
   */
  public RecoveryProbe(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static final class Group {
    private final List<Mark> openMarks = new ArrayList<>();
    private long highestTerm;
    private long lastSuccessNanos;
    private long successes;
  }

  /** An instant, usually a kill, from which a group's recovery is measured. */
  public final class Mark implements AutoCloseable {
    private final Group group;
    private final long markedNanos;
    private final long term;
    private long recoveredNanos;
    private boolean recovered;
    private long longestSilenceNanos;

    private Mark(Group group, long markedNanos, long term) {
      this.group = group;
      this.markedNanos = markedNanos;
      this.term = term;
    }

    /** From the mark to the first success in a higher term; empty while there was none. */
    public OptionalLong recoveryNanos() {
      lock.lock();
      try {
        return recovered ? OptionalLong.of(recoveredNanos - markedNanos) : OptionalLong.empty();
      } finally {
        lock.unlock();
      }
    }

    /**
     * The longest time without a success of which some lay after the mark: what the group's clients
     * noticed, with or without an election. Includes the silence that lasts.
     */
    public long longestSilenceNanos() {
      lock.lock();
      try {
        return Math.max(longestSilenceNanos, nanoTime.getAsLong() - group.lastSuccessNanos);
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits for a success in a higher term.
     *
     * @return whether there was one before the time was over
     */
    public boolean awaitRecovery(long timeoutNanos) throws InterruptedException {
      lock.lock();
      try {
        long rest = timeoutNanos;
        while (!recovered && rest > 0) {
          rest = succeeded.awaitNanos(rest);
        }
        return recovered;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits for any success that is told after this call: proof that the group serves, for faults
     * that need no election.
     */
    public boolean awaitSuccess(long timeoutNanos) throws InterruptedException {
      lock.lock();
      try {
        long before = group.successes;
        long rest = timeoutNanos;
        while (group.successes == before && rest > 0) {
          rest = succeeded.awaitNanos(rest);
        }
        return group.successes > before;
      } finally {
        lock.unlock();
      }
    }

    /** Ends the observation; the figures stay. */
    @Override
    public void close() {
      lock.lock();
      try {
        group.openMarks.remove(this);
      } finally {
        lock.unlock();
      }
    }

    private void success(long answeredNanos, long answeredTerm) {
      longestSilenceNanos = Math.max(longestSilenceNanos, answeredNanos - group.lastSuccessNanos);
      if (!recovered && answeredTerm > term) {
        recovered = true;
        recoveredNanos = answeredNanos;
      }
    }
  }

  /** A write of the group was acked, just now. */
  public void success(String name, long term) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      Group group = group(name, now);
      for (Mark mark : group.openMarks) {
        mark.success(now, term);
      }
      group.highestTerm = Math.max(group.highestTerm, term);
      group.lastSuccessNanos = now;
      group.successes++;
      succeeded.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts a measurement now.
   *
   * @param knownTerm the term known from elsewhere, such as the leader's status; 0 when not known
   */
  public Mark mark(String name, long knownTerm) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      Group group = group(name, now);
      Mark mark = new Mark(group, now, Math.max(knownTerm, group.highestTerm));
      group.openMarks.add(mark);
      return mark;
    } finally {
      lock.unlock();
    }
  }

  /** Successes told so far, by group. */
  public Map<String, Long> successes() {
    lock.lock();
    try {
      Map<String, Long> result = new HashMap<>();
      groups.forEach((name, group) -> result.put(name, group.successes));
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until each of so many groups had a success; for the start of an experiment. */
  public boolean awaitGroups(int count, long timeout, TimeUnit unit) throws InterruptedException {
    lock.lock();
    try {
      long rest = unit.toNanos(timeout);
      while (served() < count && rest > 0) {
        rest = succeeded.awaitNanos(rest);
      }
      return served() >= count;
    } finally {
      lock.unlock();
    }
  }

  private long served() {
    return groups.values().stream().filter(group -> group.successes > 0).count();
  }

  private Group group(String name, long now) {
    Group known = groups.get(name);
    if (known == null) {
      known = new Group();
      // Silence before the first success counts from when the group was first spoken of.
      known.lastSuccessNanos = now;
      groups.put(name, known);
    }
    return known;
  }
}
