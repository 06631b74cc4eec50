package dev.flotilla.bench.load;

import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.Latencies;
import dev.flotilla.bench.recorder.LoopCounts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * One run of a plan: loads, warms up, measures. The loops run through warm-up and measurement
 * without a pause, so that the first measured second is like the others; only what is collected
 * after the warm-up counts.
 */
public final class LoadRun {

  private static final long TICK_NANOS = 1_000_000_000L;

  private final LoadPlan plan;
  private final Progress progress;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a monotonic clock in nanoseconds, the same the doors use
   */
  public LoadRun(LoadPlan plan, Progress progress, LongSupplier nanoTime) {
    this.plan = plan;
    this.progress = progress;
    this.nanoTime = nanoTime;
  }

  /**
   * @throws IOException when a door cannot be opened, the load does not finish in time, or a loop
   *     breaks
   */
  public LoadResult run() throws IOException, InterruptedException {
    try (Crew crew = new Crew(plan, nanoTime)) {
      loadWith(crew);
      crew.start(plan.workload(), plan.pace());
      follow(crew, Phase.WARM_UP, plan.warmupNanos());
      Measurement measurement = new Measurement(crew);
      Phases measured = follow(crew, Phase.MEASURE, plan.measureNanos());
      LoadResult result = measurement.finish(measured);
      crew.join();
      return result;
    }
  }

  /**
   * Only loads.
   *
   * @throws IOException as {@link #run} does
   */
  public void load() throws IOException, InterruptedException {
    try (Crew crew = new Crew(plan, nanoTime)) {
      loadWith(crew);
    }
  }

  private void loadWith(Crew crew) throws IOException, InterruptedException {
    if (plan.load().isEmpty()) {
      return;
    }
    crew.start(plan.load().get(), Pace.AS_ANSWERED);
    Phases loaded = follow(crew, Phase.LOAD, plan.loadTimeoutNanos());
    if (!crew.isDone()) {
      throw new IOException("the keys could not be loaded in time; " + loaded.firstFailure());
    }
    crew.join();
  }

  /** What was collected while a phase lasted. */
  private record Phases(
      long elapsedNanos,
      Latencies latencies,
      List<Double> perSecond,
      Map<String, FailureTally.Entry> failures) {

    String firstFailure() {
      return failures.values().stream()
          .findFirst()
          .map(entry -> entry.count() + " failures such as: " + entry.first().sample())
          .orElse("no operation failed, they are only slow");
    }
  }

  /** Collects second by second until the time is over or the loops are done. */
  private Phases follow(Crew crew, Phase phase, long lengthNanos)
      throws IOException, InterruptedException {
    Latencies total = new Latencies();
    Map<String, FailureTally.Entry> failures = new TreeMap<>();
    List<Double> perSecond = new ArrayList<>();
    long began = nanoTime.getAsLong();
    long last = began;
    boolean done = false;
    while (!done && last - began < lengthNanos) {
      done = crew.awaitDone(Math.min(TICK_NANOS, lengthNanos - (last - began)));
      crew.rethrow();
      long now = nanoTime.getAsLong();
      Latencies collected = crew.collectLatencies();
      long failed = crew.collectFailures(failures);
      total.add(collected);
      Histogram interval = collected.all();
      long count = interval.getTotalCount();
      perSecond.add(count * 1e9 / Math.max(1, now - last));
      long p99 = count == 0 ? 0 : interval.getValueAtPercentile(99);
      long waiting = crew.counts().waiting();
      progress.tick(new Progress.Tick(phase, now - began, count, now - last, p99, failed, waiting));
      last = now;
    }
    return new Phases(last - began, total, perSecond, failures);
  }

  /** Figures that only grow, remembered at the beginning of the measured phase. */
  private static final class Measurement {
    private final Crew crew;
    private final long cpuNanos;
    private final Map<Integer, Long> byGroup;
    private final LoopCounts counts;

    Measurement(Crew crew) {
      this.crew = crew;
      this.cpuNanos = processCpuNanos();
      this.counts = crew.counts();
      this.byGroup = crew.successesByGroup();
    }

    LoadResult finish(Phases measured) {
      long cpu = processCpuNanos() - cpuNanos;
      Map<Integer, Long> groups = new TreeMap<>();
      crew.successesByGroup()
          .forEach((group, count) -> {
            long inPhase = count - byGroup.getOrDefault(group, 0L);
            if (inPhase > 0) {
              groups.put(group, inPhase);
            }
          });
      return new LoadResult(
          Math.max(1, measured.elapsedNanos()),
          measured.latencies(),
          measured.perSecond(),
          measured.failures(),
          groups,
          crew.counts().since(counts),
          crew.reconnects(),
          cpu);
    }
  }

  /** 0 where the system does not tell. */
  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.max(0, system.getProcessCpuTime())
        : 0;
  }
}
