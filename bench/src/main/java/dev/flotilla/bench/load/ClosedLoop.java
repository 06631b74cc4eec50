package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A fixed number of clients, each asking again as soon as it has its answer. Latency counts from
 * handing the request to the door until its answer is parsed.
 *
 * <p>A closed loop slows down with the database, so its tail says nothing of requests that would
 * have come in a stall; an open loop is needed for that.
 */
public final class ClosedLoop implements Answers {

  private static final long POLL_NANOS = 100_000_000L;

  private final Door door;
  private final Workload workload;
  private final LoopRecorder recorder;
  private final LongSupplier nanoTime;
  private final BooleanSupplier stopped;
  private final long[] startedNanos;
  private int outstanding;

  /**
   * @param nanoTime a monotonic clock in nanoseconds
   * @param stopped asked before each operation; once true the loop lets what is outstanding finish
   */
  public ClosedLoop(
      Door door,
      Workload workload,
      LoopRecorder recorder,
      LongSupplier nanoTime,
      BooleanSupplier stopped) {
    this.door = door;
    this.workload = workload;
    this.recorder = recorder;
    this.nanoTime = nanoTime;
    this.stopped = stopped;
    this.startedNanos = new long[door.lanes()];
  }

  /**
   * Runs until stopped or the workload is at its end, and every outstanding operation answered. The
   * door gives each operation up after a while, so this does not last longer than that.
   */
  public void run() throws IOException {
    for (int lane = 0; lane < door.lanes(); lane++) {
      submitNext(lane);
    }
    while (outstanding > 0) {
      door.poll(POLL_NANOS, this);
    }
  }

  @Override
  public void succeeded(int lane, Operation operation, int group) {
    outstanding--;
    recorder.succeeded(nanoTime.getAsLong() - startedNanos[lane], group);
    submitNext(lane);
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    outstanding--;
    recorder.failed(failure);
    workload.failed(operation);
    submitNext(lane);
  }

  private void submitNext(int lane) {
    if (stopped.getAsBoolean()) {
      return;
    }
    Operation next = workload.next();
    if (next != null) {
      outstanding++;
      startedNanos[lane] = nanoTime.getAsLong();
      door.submit(lane, next);
    }
  }
}
