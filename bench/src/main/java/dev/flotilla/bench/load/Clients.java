package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.OperationKind;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one loop, one for each lane of its door: each carries out what the workload gives
 * it, to the end, and what that took is recorded. Who begins when is the loop's decision.
 */
final class Clients implements Answers {

  private final Door door;
  private final Workload workload;
  private final LoopRecorder recorder;
  private final LongSupplier nanoTime;
  private final IntConsumer onFree;
  private final long[] sinceNanos;
  private int busy;

  /**
   * @param onFree told of a lane whose client has nothing more to do
   */
  Clients(
      Door door,
      Workload workload,
      LoopRecorder recorder,
      LongSupplier nanoTime,
      IntConsumer onFree) {
    this.door = door;
    this.workload = workload;
    this.recorder = recorder;
    this.nanoTime = nanoTime;
    this.onFree = onFree;
    this.sinceNanos = new long[door.lanes()];
  }

  int count() {
    return sinceNanos.length;
  }

  /** Clients that wait for an answer. */
  int busy() {
    return busy;
  }

  /**
   * Lets the client of a free lane begin.
   *
   * @param sinceNanos when the latency begins to count, now or earlier
   * @return false when the workload is at its end
   */
  boolean begin(int lane, long sinceNanos) {
    Operation next = workload.next(lane);
    if (next == null) {
      return false;
    }
    busy++;
    this.sinceNanos[lane] = sinceNanos;
    door.submit(lane, next);
    return true;
  }

  void poll(long maxWaitNanos) throws IOException {
    door.poll(maxWaitNanos, this);
  }

  @Override
  public void succeeded(int lane, Operation operation, int group, long revision) {
    @Nullable Operation more = workload.succeeded(lane, operation, revision);
    if (more != null) {
      door.submit(lane, more);
      return;
    }
    long latency = nanoTime.getAsLong() - sinceNanos[lane];
    recorder.succeeded(OperationKind.of(operation), latency, group);
    free(lane);
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    recorder.failed(failure);
    workload.failed(lane, operation);
    free(lane);
  }

  private void free(int lane) {
    busy--;
    onFree.accept(lane);
  }
}
