package dev.flotilla.launcher.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** When each group answered with success. Safe for several threads. */
final class Timeline {

  /** A success: times of one monotonic clock. */
  private record Success(long callNanos, long returnNanos) {}

  private final Map<String, List<Success>> byGroup = new HashMap<>();

  synchronized void succeeded(String group, long callNanos, long returnNanos) {
    byGroup.computeIfAbsent(group, _ -> new ArrayList<>()).add(new Success(callNanos, returnNanos));
  }

  /** The longest time without a success in the group between two moments. */
  synchronized long longestGapNanos(String group, long fromNanos, long toNanos) {
    long gap = 0;
    long last = fromNanos;
    long[] returns =
        byGroup.getOrDefault(group, List.of()).stream()
            .mapToLong(Success::returnNanos)
            .filter(nanos -> nanos > fromNanos && nanos < toNanos)
            .sorted()
            .toArray();
    for (long nanos : returns) {
      gap = Math.max(gap, nanos - last);
      last = nanos;
    }
    return Math.max(gap, toNanos - last);
  }

  /**
   * From a moment until every group has answered something that was asked after it.
   *
   * @return -1 while one has not
   */
  synchronized long recoveryNanos(int groups, long sinceNanos) {
    if (byGroup.size() < groups) {
      return -1;
    }
    long recovery = 0;
    for (List<Success> successes : byGroup.values()) {
      long first =
          successes.stream()
              .filter(success -> success.callNanos() >= sinceNanos)
              .mapToLong(Success::returnNanos)
              .min()
              .orElse(-1);
      if (first < 0) {
        return -1;
      }
      recovery = Math.max(recovery, first - sinceNanos);
    }
    return recovery;
  }

  /** Successes between two moments. */
  synchronized long count(long fromNanos, long toNanos) {
    return byGroup.values().stream()
        .flatMap(List::stream)
        .filter(success -> success.returnNanos() > fromNanos && success.returnNanos() < toNanos)
        .count();
  }
}
