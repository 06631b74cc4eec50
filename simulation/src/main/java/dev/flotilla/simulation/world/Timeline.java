package dev.flotilla.simulation.world;

import java.util.PriorityQueue;

/**
 * Virtual time: what is to happen, in order. Time passes only from one event to the next; events of
 * one instant happen in the order they were asked for.
 */
public final class Timeline {
  private record Event(long atNanos, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /** More at once is a run that feeds itself. */
  private static final int MAX_PENDING = 1_000_000;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNanos;
  private long sequence;
  private long happened;

  /** Nanoseconds since the run began. */
  public long nowNanos() {
    return nowNanos;
  }

  /** Events so far. */
  public long happened() {
    return happened;
  }

  /** Does something at an instant; one that has passed means now. */
  public void at(long atNanos, Runnable action) {
    if (events.size() >= MAX_PENDING) {
      throw new IllegalStateException("more than " + MAX_PENDING + " events wait");
    }
    events.add(new Event(Math.max(atNanos, nowNanos), sequence++, action));
  }

  public void after(long delayNanos, Runnable action) {
    at(delayNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + delayNanos, action);
  }

  /** Lets the next event happen if it is due by {@code untilNanos}; otherwise time goes there. */
  public boolean step(long untilNanos) {
    Event next = events.peek();
    if (next == null || next.atNanos() > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    events.remove();
    nowNanos = next.atNanos();
    happened++;
    next.action().run();
    return true;
  }
}
