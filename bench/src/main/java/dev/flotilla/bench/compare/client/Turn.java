package dev.flotilla.bench.compare.client;

import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Measured;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.load.KeySpace;
import dev.flotilla.bench.load.LoadPlan;
import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.load.LoadRun;
import dev.flotilla.bench.load.Progress;
import dev.flotilla.bench.load.WorkloadFactory;
import dev.flotilla.bench.load.Workloads;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * One system's turn: its keys are written, it is warmed up through each of its shapes, and its
 * cells are measured one after the other.
 */
final class Turn {

  private static final long LOAD_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(10);
  // One loop keeps a two-core machine busy, and leaves more of it to the system.
  private static final int LOOPS = 1;
  private static final long SEED = 1;

  /** Gives the doors of a shape. */
  @FunctionalInterface
  interface Shapes {
    DoorFactory shaped(String shape) throws IOException;
  }

  /**
   * Times in nanoseconds.
   *
   * @param writesFirstNanos how long the system is warmed with writes, all shapes together
   * @param readsFirstNanos and then with reads
   * @param warmupNanos of each cell
   * @param measureNanos of each cell
   * @param busyOutstanding operations under way while keys are loaded and the system warmed
   */
  record Plan(
      int keys,
      int valueBytes,
      long writesFirstNanos,
      long readsFirstNanos,
      long warmupNanos,
      long measureNanos,
      int busyOutstanding) {}

  private final Shapes shapes;
  private final Plan plan;
  private final KeySpace keys;
  private final CpuClock serverCpu;
  private final CpuClock clientCpu;
  private final LongSupplier nanoTime;

  Turn(Shapes shapes, Plan plan, CpuClock serverCpu, CpuClock clientCpu, LongSupplier nanoTime) {
    this.shapes = shapes;
    this.plan = plan;
    this.keys = new KeySpace("bench-", plan.keys());
    this.serverCpu = serverCpu;
    this.clientCpu = clientCpu;
    this.nanoTime = nanoTime;
  }

  void run(List<Cell> cells, Consumer<Measured> results) throws IOException, InterruptedException {
    prepare(cells.stream().map(Cell::shape).distinct().toList());
    for (Cell cell : cells) {
      results.accept(measure(cell));
    }
  }

  private void prepare(List<String> names) throws IOException, InterruptedException {
    boolean loaded = false;
    for (Cell.Work work : Cell.Work.values()) {
      long together = work == Cell.Work.SET ? plan.writesFirstNanos() : plan.readsFirstNanos();
      for (String shape : names) {
        LoadPlan load =
            plan(
                new Cell(shape, work, plan.busyOutstanding()), !loaded, 0, together / names.size());
        new LoadRun(load, Progress.none(), nanoTime).run();
        loaded = true;
      }
    }
  }

  private Measured measure(Cell cell) throws IOException, InterruptedException {
    CpuAccount cpu = new CpuAccount(serverCpu, clientCpu);
    LoadPlan load = plan(cell, false, plan.warmupNanos(), plan.measureNanos());
    LoadResult result = new LoadRun(load, cpu, nanoTime).run();
    Histogram latencies = result.latencies();
    double operations = Math.max(1, result.operations());
    return new Measured(
        cell,
        result.operations(),
        rounded(result.measuredNanos() / 1e9),
        rounded(latencies.getValueAtPercentile(50) / 1e3),
        rounded(latencies.getValueAtPercentile(99) / 1e3),
        rounded(latencies.getValueAtPercentile(99.9) / 1e3),
        rounded(latencies.getMaxValue() / 1e3),
        result.failureCount(),
        rounded(cpu.serverMicros() / operations),
        rounded(cpu.clientMicros() / operations));
  }

  private LoadPlan plan(Cell cell, boolean load, long warmupNanos, long measureNanos)
      throws IOException {
    WorkloadFactory workload =
        switch (cell.work()) {
          case SET -> Workloads.uniformSets(keys, plan.valueBytes(), SEED);
          case GET -> Workloads.uniformGets(keys, plan.valueBytes(), SEED);
        };
    return new LoadPlan(
        shapes.shaped(cell.shape()),
        cell.outstanding(),
        LOOPS,
        load ? Optional.of(Workloads.loadAll(keys, plan.valueBytes(), SEED)) : Optional.empty(),
        LOAD_TIMEOUT_NANOS,
        workload,
        warmupNanos,
        // A shape may have no share in the warming, and a run measures something.
        Math.max(1, measureNanos));
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
