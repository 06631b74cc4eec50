package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A fixed number of clients, each asking again as soon as it has its answer. Latency counts from
 * handing the request to the door until its answer is parsed.
 *
 * <p>A closed loop slows down with the database, so its tail says nothing of requests that would
 * have come in a stall; an {@link OpenLoop} is needed for that.
 */
final class ClosedLoop implements Loop {

  private static final long POLL_NANOS = 100_000_000L;

  private final Clients clients;
  private final LongSupplier nanoTime;
  private final BooleanSupplier stopped;

  /**
   * @param nanoTime a monotonic clock in nanoseconds
   * @param stopped asked before each operation; once true the loop lets what is outstanding finish
   */
  ClosedLoop(
      Door door,
      Workload workload,
      LoopRecorder recorder,
      LongSupplier nanoTime,
      BooleanSupplier stopped) {
    this.clients = new Clients(door, workload, recorder, nanoTime, this::ask);
    this.nanoTime = nanoTime;
    this.stopped = stopped;
  }

  @Override
  public void run() throws IOException {
    for (int lane = 0; lane < clients.count(); lane++) {
      ask(lane);
    }
    while (clients.busy() > 0) {
      clients.poll(POLL_NANOS);
    }
  }

  private void ask(int lane) {
    if (!stopped.getAsBoolean()) {
      clients.begin(lane, nanoTime.getAsLong());
    }
  }
}
