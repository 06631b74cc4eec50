package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Operations that are due at their times whatever the database does, as those of users are. One
 * that finds no free client waits in a backlog, and its latency counts from when it was due. So a
 * stall of a second is seen by all the operations that fell due meanwhile, and not only by those
 * that were under way when it began: the error known as coordinated omission (G. Tene, "How not to
 * measure latency", 2013).
 */
final class OpenLoop implements Loop {

  private static final long POLL_NANOS = 100_000_000L;

  /** Times of operations that are due, in order. */
  private static final class Backlog {
    private final long[] dueNanos;
    private int first;
    private int size;

    Backlog(int most) {
      dueNanos = new long[most];
    }

    boolean add(long due) {
      if (size == dueNanos.length) {
        return false;
      }
      dueNanos[(first + size) % dueNanos.length] = due;
      size++;
      return true;
    }

    long remove() {
      long due = dueNanos[first];
      first = (first + 1) % dueNanos.length;
      size--;
      return due;
    }
  }

  private final Clients clients;
  private final LoopRecorder recorder;
  private final LongSupplier nanoTime;
  private final BooleanSupplier stopped;
  private final Arrivals arrivals;
  private final double meanGapNanos;
  private final SplittableRandom random;
  private final Backlog backlog;

  private final int[] free;
  private int freeCount;
  private boolean exhausted;
  // Kept as a fraction and counted from the beginning, so that rounding does not change the rate.
  private long beganNanos;
  private double nextDue;

  /**
   * @param pace of this loop alone
   * @param offsetNanos when the first operation is due, from the beginning; loops that share a rate
   *     take turns by it
   * @param stopped once true nothing falls due any more, what waits is dropped, and what is
   *     outstanding may finish
   */
  OpenLoop(
      Door door,
      Workload workload,
      LoopRecorder recorder,
      LongSupplier nanoTime,
      BooleanSupplier stopped,
      Pace.AtRate pace,
      double offsetNanos,
      SplittableRandom random) {
    this.clients = new Clients(door, workload, recorder, nanoTime, this::freed);
    this.recorder = recorder;
    this.nanoTime = nanoTime;
    this.stopped = stopped;
    this.arrivals = pace.arrivals();
    this.meanGapNanos = 1e9 / pace.perSecond();
    this.random = random;
    this.backlog = new Backlog(pace.backlog());
    this.free = new int[door.lanes()];
    this.nextDue = offsetNanos;
  }

  @Override
  public void run() throws IOException {
    for (int lane = clients.count() - 1; lane >= 0; lane--) {
      free[freeCount++] = lane;
    }
    beganNanos = nanoTime.getAsLong();
    while (!ended()) {
      long untilNextNanos = startWhatIsDue();
      recorder.waiting(backlog.size);
      clients.poll(Math.clamp(untilNextNanos, 0, POLL_NANOS));
    }
    while (clients.busy() > 0) {
      clients.poll(POLL_NANOS);
    }
  }

  private boolean ended() {
    return exhausted || stopped.getAsBoolean();
  }

  /** Returns how long it is until the next operation is due. */
  private long startWhatIsDue() {
    long elapsed = nanoTime.getAsLong() - beganNanos;
    while (nextDue <= elapsed && !exhausted) {
      long due = beganNanos + (long) nextDue;
      nextDue += arrivals.gapNanos(meanGapNanos, random);
      recorder.due();
      if (freeCount > 0) {
        begin(free[--freeCount], due);
      } else if (!backlog.add(due)) {
        recorder.notStarted();
      }
    }
    return (long) Math.ceil(nextDue - elapsed);
  }

  private void freed(int lane) {
    if (backlog.size > 0 && !ended()) {
      begin(lane, backlog.remove());
    } else {
      free[freeCount++] = lane;
    }
  }

  private void begin(int lane, long due) {
    exhausted |= !clients.begin(lane, due);
  }
}
