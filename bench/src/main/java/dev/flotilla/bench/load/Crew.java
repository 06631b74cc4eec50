package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.recorder.FailureTally;
import dev.flotilla.bench.recorder.Latencies;
import dev.flotilla.bench.recorder.LoopCounts;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The loops of a run, each with a thread, a door and a recorder. */
final class Crew implements AutoCloseable {
  private final LoadPlan plan;
  private final LongSupplier nanoTime;
  private final List<Door> doors = new ArrayList<>();
  private final List<LoopRecorder> recorders = new ArrayList<>();
  private final AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
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

  void start(WorkloadFactory workload, Pace pace) {
    CountDownLatch latch = new CountDownLatch(plan.threads());
    running = latch;
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < plan.threads(); i++) {
      Loop loop = loop(i, workload.create(i, plan.threads()), pace);
      started.add(
          Thread.ofPlatform().name("bench-loop-" + i).daemon().start(() -> run(loop, latch)));
    }
    threads = started;
  }

  private Loop loop(int number, Workload workload, Pace pace) {
    Door door = doors.get(number);
    LoopRecorder recorder = recorders.get(number);
    return switch (pace) {
      case Pace.AsAnswered _ -> new ClosedLoop(door, workload, recorder, nanoTime, () -> stopped);
      case Pace.AtRate all -> {
        int loops = plan.threads();
        Pace.AtRate share =
            new Pace.AtRate(
                all.perSecond() / loops, all.arrivals(), Math.ceilDiv(all.backlog(), loops));
        SplittableRandom random = new SplittableRandom(plan.seed() + number);
        double offsetNanos = number * 1e9 / all.perSecond();
        yield new OpenLoop(
            door, workload, recorder, nanoTime, () -> stopped, share, offsetNanos, random);
      }
    };
  }

  private void run(Loop loop, CountDownLatch latch) {
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

  Latencies collectLatencies() {
    Latencies result = new Latencies();
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

  /** Conflicts and what open loops counted, since the beginning. */
  LoopCounts counts() {
    return recorders.stream().map(LoopRecorder::counts).reduce(LoopCounts.NONE, LoopCounts::plus);
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
