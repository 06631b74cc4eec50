package dev.flotilla.bench.compare.redis;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection for each lane, one command on it at a time. Redis is one process that nobody kills
 * here, so a connection that breaks, or a command without an answer, breaks the whole door.
 */
final class RespDoor implements Door {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Selector selector;
  private final RespLane[] lanes;
  private final LongSupplier nanoTime;
  private long nextSweepNanos;

  RespDoor(InetSocketAddress server, int lanes, LongSupplier nanoTime) throws IOException {
    this.selector = Selector.open();
    this.nanoTime = nanoTime;
    this.lanes = new RespLane[lanes];
    this.nextSweepNanos = nanoTime.getAsLong() + SWEEP_NANOS;
    try {
      for (int i = 0; i < lanes; i++) {
        this.lanes[i] = new RespLane(i, selector, server);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public int lanes() {
    return lanes.length;
  }

  @Override
  public void submit(int lane, Operation operation) {
    lanes[lane].start(operation, nanoTime.getAsLong());
  }

  @Override
  public void poll(long maxWaitNanos, Answers answers) throws IOException {
    for (RespLane lane : lanes) {
      lane.rethrow();
    }
    long waitMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(maxWaitNanos));
    selector.select(waitMillis);
    for (SelectionKey key : selector.selectedKeys()) {
      RespLane lane = (RespLane) key.attachment();
      if (lane.ready(key)) {
        deliver(lane, answers);
      }
    }
    selector.selectedKeys().clear();
    sweep();
  }

  @Override
  public long reconnects() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    for (RespLane lane : lanes) {
      if (lane != null) {
        lane.close();
      }
    }
    selector.close();
  }

  private static void deliver(RespLane lane, Answers answers) {
    Operation operation = lane.operation();
    @Nullable Failure failure = lane.finish();
    if (failure == null) {
      answers.succeeded(lane.number(), operation, 0, 0);
    } else {
      answers.failed(lane.number(), operation, failure);
    }
  }

  private void sweep() throws IOException {
    long now = nanoTime.getAsLong();
    if (now - nextSweepNanos < 0) {
      return;
    }
    nextSweepNanos = now + SWEEP_NANOS;
    for (RespLane lane : lanes) {
      if (lane.isWaiting() && now - lane.startedNanos() > TIMEOUT_NANOS) {
        throw new IOException("Redis gave no answer in time");
      }
    }
  }
}
