package dev.flotilla.bench.load;

import dev.flotilla.bench.recorder.FailureTally;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What the measured phase gave.
 *
 * @param measuredNanos how long it really was
 * @param latencies of the successes, in nanoseconds; its count is the number of successes
 * @param perSecond successes in each second of the phase
 * @param failures by code
 * @param successesByGroup index = group, 0 = not told
 * @param reconnects connections made again, over the whole run
 * @param generatorCpuNanos processor time the loops' own threads took
 */
public record LoadResult(
    long measuredNanos,
    Histogram latencies,
    List<Double> perSecond,
    Map<String, FailureTally.Entry> failures,
    Map<Integer, Long> successesByGroup,
    long reconnects,
    long generatorCpuNanos) {

  public long operations() {
    return latencies.getTotalCount();
  }

  public double operationsPerSecond() {
    return operations() * 1e9 / measuredNanos;
  }

  public long failureCount() {
    return failures.values().stream().mapToLong(FailureTally.Entry::count).sum();
  }
}
