package dev.flotilla.bench.load;

import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.Latencies;
import dev.flotilla.bench.recorder.LoopCounts;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What the measured phase gave.
 *
 * @param measuredNanos how long it really was
 * @param times latencies of the successes, in nanoseconds; their count is the number of successes
 * @param perSecond successes in each second of the phase
 * @param failures by code
 * @param successesByGroup index = group, 0 = not told
 * @param counts conflicts, and what an open loop could not start
 * @param reconnects connections made again, over the whole run
 * @param clientCpuNanos processor time that this whole process took: its loops, the threads of its
 *     clients, compiling and collecting
 */
public record LoadResult(
    long measuredNanos,
    Latencies times,
    List<Double> perSecond,
    Map<String, FailureTally.Entry> failures,
    Map<Integer, Long> successesByGroup,
    LoopCounts counts,
    long reconnects,
    long clientCpuNanos) {

  /** Latencies of all kinds together. */
  public Histogram latencies() {
    return times.all();
  }

  public long operations() {
    return latencies().getTotalCount();
  }

  public double operationsPerSecond() {
    return operations() * 1e9 / measuredNanos;
  }

  public long failureCount() {
    return failures.values().stream().mapToLong(FailureTally.Entry::count).sum();
  }

  /** Of this process, for each success. */
  public double clientCpuMicrosPerOperation() {
    return operations() == 0 ? 0 : clientCpuNanos / 1e3 / operations();
  }
}
