package dev.flotilla.bench.http;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many keep-alive HTTP connections driven by the one thread that polls. A request costs one write,
 * one read and a share of one select; nothing is allocated for an answer that is as it should be.
 */
public final class HttpDoor implements Door {

  private static final long SWEEP_NANOS = 10_000_000L;
  private static final long DOZE_NANOS = 100_000L;

  private final Selector selector;
  private final HttpDialect dialect;
  private final HttpDoorOptions options;
  private final LongSupplier nanoTime;
  private final HttpLane[] lanes;
  private final HttpAnswer answer = new HttpAnswer();
  // Lanes whose request could not even be written; reported at the next poll. At most one entry
  // each.
  private final Deque<Broken> broken = new ArrayDeque<>();
  private long nextSweepNanos;

  private record Broken(HttpLane lane, IOException cause) {}

  /**
   * @param server where every lane connects
   * @param nanoTime a monotonic clock in nanoseconds
   */
  public HttpDoor(
      InetSocketAddress server,
      int lanes,
      HttpDialect dialect,
      HttpDoorOptions options,
      LongSupplier nanoTime)
      throws IOException {
    if (lanes < 1) {
      throw new IllegalArgumentException("a door has at least one lane, not " + lanes);
    }
    this.selector = Selector.open();
    this.dialect = dialect;
    this.options = options;
    this.nanoTime = nanoTime;
    this.lanes = new HttpLane[lanes];
    for (int i = 0; i < lanes; i++) {
      this.lanes[i] = new HttpLane(i, selector, server, options.maxAnswerBytes());
    }
    this.nextSweepNanos = nanoTime.getAsLong() + SWEEP_NANOS;
  }

  @Override
  public int lanes() {
    return lanes.length;
  }

  @Override
  public void submit(int lane, Operation operation) {
    HttpLane target = lanes[lane];
    if (target.operation() != null) {
      throw new IllegalStateException("lane " + lane + " has an operation outstanding");
    }
    try {
      target.start(operation, dialect, nanoTime.getAsLong(), options.timeoutNanos());
    } catch (IOException e) {
      broken.add(new Broken(target, e));
    }
  }

  @Override
  public void poll(long maxWaitNanos, Answers answers) throws IOException {
    // Only those there are now: an answer may submit, which may break again.
    for (int i = broken.size(); i > 0; i--) {
      Broken next = broken.remove();
      fail(next.lane(), next.cause(), answers);
    }
    sweep(answers);
    long wait = broken.isEmpty() ? Math.min(maxWaitNanos, SWEEP_NANOS) : 0;
    long waitMillis = TimeUnit.NANOSECONDS.toMillis(wait);
    if (waitMillis > 0) {
      selector.select(key -> ready(key, answers), waitMillis);
      return;
    }
    if (selector.selectNow(key -> ready(key, answers)) == 0 && wait > 0) {
      // A selector waits whole milliseconds only. An answer that comes while we doze is seen a
      // little late, but to spin would take the processor from the database.
      LockSupport.parkNanos(this, Math.min(wait, DOZE_NANOS));
      selector.selectNow(key -> ready(key, answers));
    }
  }

  @Override
  public long reconnects() {
    long result = 0;
    for (HttpLane lane : lanes) {
      result += Math.max(0, lane.connects() - 1);
    }
    return result;
  }

  @Override
  public void close() throws IOException {
    for (HttpLane lane : lanes) {
      lane.disconnect();
    }
    selector.close();
  }

  private void ready(SelectionKey key, Answers answers) {
    HttpLane lane = (HttpLane) key.attachment();
    try {
      if (key.isConnectable()) {
        lane.finishConnect();
      }
      if (key.isValid() && key.isWritable()) {
        lane.flush();
      }
      if (key.isValid() && key.isReadable() && lane.read(answer)) {
        answered(lane, answers);
      }
    } catch (IOException e) {
      fail(lane, e, answers);
    }
  }

  private void answered(HttpLane lane, Answers answers) {
    Operation operation = lane.finish();
    if (operation == null) {
      return;
    }
    if (!answer.keepAlive()) {
      lane.disconnect();
    }
    @Nullable Failure failure = dialect.judge(operation, answer, lane.answerBytes());
    if (failure == null) {
      answers.succeeded(
          lane.number(), operation, answer.group(lane.answerBytes()), answer.revision());
    } else {
      answers.failed(lane.number(), operation, failure);
    }
  }

  /** Gives up operations that waited too long and connects lanes whose pause is over. */
  private void sweep(Answers answers) {
    long now = nanoTime.getAsLong();
    if (now - nextSweepNanos < 0) {
      return;
    }
    nextSweepNanos = now + SWEEP_NANOS;
    for (HttpLane lane : lanes) {
      Operation operation = lane.operation();
      if (operation == null) {
        continue;
      }
      if (now - lane.deadlineNanos() >= 0) {
        timeOut(lane, operation, answers);
      } else if (lane.waitsToConnect()) {
        try {
          lane.retryConnect(now);
        } catch (IOException e) {
          fail(lane, e, answers);
        }
      }
    }
  }

  private void timeOut(HttpLane lane, Operation operation, Answers answers) {
    // A request that never left cannot have had an effect.
    Outcome outcome =
        lane.waitsToConnect() || lane.isConnecting() ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
    broken.removeIf(entry -> entry.lane() == lane);
    lane.finish();
    // A late answer on this connection would be taken for the next request's.
    lane.disconnect();
    answers.failed(
        lane.number(), operation, new Failure("CLIENT_TIMEOUT", outcome, "no answer in time"));
  }

  private void fail(HttpLane lane, IOException cause, Answers answers) {
    boolean neverConnected = lane.isConnecting();
    lane.disconnect();
    if (lane.isFruitless()) {
      lane.holdBack(
          nanoTime.getAsLong(), options.firstReconnectNanos(), options.maxReconnectNanos());
    }
    Operation operation = lane.finish();
    if (operation == null) {
      // The server closed an idle connection, which is its right.
      return;
    }
    Failure failure =
        switch (cause) {
          case MalformedAnswerException malformed ->
              new Failure("MALFORMED", Outcome.WRONG, text(malformed));
          default ->
              neverConnected
                  ? new Failure("CONNECT", Outcome.NOT_APPLIED, text(cause))
                  : new Failure("CONNECTION", Outcome.UNKNOWN, text(cause));
        };
    answers.failed(lane.number(), operation, failure);
  }

  private static String text(IOException cause) {
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
