package dev.flotilla.bench.recorder;

import dev.flotilla.bench.door.Failure;
import java.util.Map;
import java.util.TreeMap;

/** Failures counted by code, with the first sample of each. Safe for several threads. */
public final class FailureTally {

  /** Codes beyond so many are counted together: a tally stays small whatever the server says. */
  private static final int MAX_CODES = 64;

  private static final String OTHERS = "OTHERS";

  /**
   * @param count how often
   * @param first the first failure with this code
   */
  public record Entry(long count, Failure first) {}

  private final Map<String, Entry> entries = new TreeMap<>();

  public synchronized void add(Failure failure) {
    boolean isNew = !entries.containsKey(failure.code());
    String code = isNew && entries.size() >= MAX_CODES ? OTHERS : failure.code();
    entries.merge(code, new Entry(1, failure), (old, _) -> new Entry(old.count() + 1, old.first()));
  }

  /** Everything counted since the last call, by code; the tally is empty afterwards. */
  public synchronized Map<String, Entry> take() {
    Map<String, Entry> taken = new TreeMap<>(entries);
    entries.clear();
    return taken;
  }

  public synchronized long total() {
    long result = 0;
    for (Entry entry : entries.values()) {
      result += entry.count();
    }
    return result;
  }
}
