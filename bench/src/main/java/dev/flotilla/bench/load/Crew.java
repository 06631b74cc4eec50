package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The loops of a run, each with a thread, a door and a recorder. */
final class Crew implements AutoCloseable {
  private final LoadPlan plan;
  private final LongSupplier nanoTime;
  private final List<Door> doors = new ArrayList<>();
  private final List<LoopRecorder> recorders = new ArrayList<>();
  private final AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
  private final ThreadMXBean threadTimes = ManagementFactory.getThreadMXBean();
  private List<Thread> threads = List.of();
  private CountDownLatch running = new CountDownLatch(0);
  private volatile boolean stopped;

  Crew(LoadPlan plan, LongSupplier nanoTime) throws IOException {
    this.plan = plan;
    this.nanoTime = nanoTime;
    try {
      for (int i = 0; i < plan.threads(); i++) {
        // The first loops take what does not divide evenly.
        int lanes = (plan.connections() + plan.threads() - 1 - i) / plan.threads();
        doors.add(plan.door().open(lanes));
        recorders.add(new LoopRecorder());
      }
    } catch (IOException e) {
      closeDoors();
      throw e;
    }
  }

  void start(WorkloadFactory workload) {
    CountDownLatch latch = new CountDownLatch(plan.threads());
    running = latch;
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < plan.threads(); i++) {
      ClosedLoop loop =
          new ClosedLoop(
              doors.get(i),
              workload.create(i, plan.threads()),
              recorders.get(i),
              nanoTime,
              () -> stopped);
      started.add(
          Thread.ofPlatform().name("bench-loop-" + i).daemon().start(() -> run(loop, latch)));
    }
    threads = started;
  }

  private void run(ClosedLoop loop, CountDownLatch latch) {
    try {
      loop.run();
    } catch (IOException | RuntimeException e) {
      broken.compareAndSet(null, e);
      stopped = true;
    } finally {
      latch.countDown();
    }
  }

  boolean awaitDone(long nanos) throws InterruptedException {
    return running.await(nanos, TimeUnit.NANOSECONDS);
  }

  boolean isDone() {
    return running.getCount() == 0;
  }

  void rethrow() throws IOException {
    Exception cause = broken.get();
    if (cause != null) {
      throw new IOException("a loop of the load generator broke: " + cause.getMessage(), cause);
    }
  }

  Histogram collectLatencies() {
    Histogram result = LoopRecorder.newHistogram();
    recorders.forEach(recorder -> recorder.collectLatencies(result));
    return result;
  }

  /** Adds what failed since the last call and returns how much that was. */
  long collectFailures(Map<String, FailureTally.Entry> into) {
    long count = 0;
    for (LoopRecorder recorder : recorders) {
      for (Map.Entry<String, FailureTally.Entry> entry : recorder.takeFailures().entrySet()) {
        count += entry.getValue().count();
        into.merge(
            entry.getKey(),
            entry.getValue(),
            (old, more) -> new FailureTally.Entry(old.count() + more.count(), old.first()));
      }
    }
    return count;
  }

  Map<Integer, Long> successesByGroup() {
    Map<Integer, Long> result = new TreeMap<>();
    for (LoopRecorder recorder : recorders) {
      long[] counts = recorder.successesByGroup();
      for (int group = 0; group < counts.length; group++) {
        if (counts[group] > 0) {
          result.merge(group, counts[group], Long::sum);
        }
      }
    }
    return result;
  }

  long reconnects() {
    return doors.stream().mapToLong(Door::reconnects).sum();
  }

  long cpuNanos() {
    long result = 0;
    for (Thread thread : threads) {
      result += Math.max(0, threadTimes.getThreadCpuTime(thread.threadId()));
    }
    return result;
  }

  void join() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    stopped = false;
  }

  @Override
  public void close() throws IOException {
    stopped = true;
    // A door may be closed only when its thread has left it.
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    closeDoors();
  }

  private void closeDoors() throws IOException {
    for (Door door : doors) {
      door.close();
    }
  }
}
