package dev.flotilla.simulation.world;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happened: a hash over all of it, by which two runs are compared, and the last events of each
 * endpoint, for the report of a failure.
 */
public final class Trace {
  private static final int KEPT_PER_ENDPOINT = 200;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * @param what a constant, or text for people
   */
  public record Event(
      long atNanos, long number, int endpoint, String what, long a, long b, long c) {
    @Override
    public String toString() {
      return "%10.3f ms  %-5s %s %d %d %d".formatted(atNanos / 1e6, name(endpoint), what, a, b, c);
    }
  }

  private final Timeline timeline;
  private final Map<Integer, ArrayDeque<Event>> last = new TreeMap<>();
  private long hash = FNV_OFFSET;
  private long count;

  Trace(Timeline timeline) {
    this.timeline = timeline;
  }

  public static String name(int endpoint) {
    if (endpoint == 0) {
      return "world";
    }
    return Topology.isNode(endpoint)
        ? "n" + endpoint
        : "b" + (endpoint - Topology.FIRST_BALANCER + 1);
  }

  /** Something happened at an endpoint (0 = the world). */
  public void event(int endpoint, String what, long a, long b, long c) {
    hash = (hash ^ timeline.nowNanos()) * FNV_PRIME;
    hash = (hash ^ endpoint) * FNV_PRIME;
    hash = (hash ^ what.hashCode()) * FNV_PRIME;
    hash = (hash ^ a) * FNV_PRIME;
    hash = (hash ^ b) * FNV_PRIME;
    hash = (hash ^ c) * FNV_PRIME;
    ArrayDeque<Event> events = last.computeIfAbsent(endpoint, key -> new ArrayDeque<>());
    if (events.size() == KEPT_PER_ENDPOINT) {
      events.removeFirst();
    }
    events.add(new Event(timeline.nowNanos(), count++, endpoint, what, a, b, c));
  }

  public void note(int endpoint, String what) {
    event(endpoint, what, 0, 0, 0);
  }

  public long hash() {
    return hash;
  }

  public long count() {
    return count;
  }

  /** The last events of all endpoints, oldest first. */
  public List<Event> lastEvents() {
    List<Event> all = new ArrayList<>();
    last.values().forEach(all::addAll);
    all.sort(Comparator.comparingLong(Event::number));
    return all;
  }
}
