package dev.flotilla.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.recorder.Latencies;
import dev.flotilla.bench.recorder.LoopCounts;
import dev.flotilla.bench.recorder.LoopRecorder;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** On a clock that only moves when the loop waits. */
class OpenLoopTest {

  private static final long MILLIS = 1_000_000L;
  private static final long SECONDS = 1_000_000_000L;

  private final LoopRecorder recorder = new LoopRecorder();
  private long now = 5 * SECONDS;
  private final long began = now;

  /** Answers each operation a millisecond after it came, but nothing during a stall. */
  private final class StallingDoor implements Door {
    private record Asked(int lane, Operation operation, long answerAt) {}

    private final int lanes;
    private final long stallFrom;
    private final long stallTo;
    private final Deque<Asked> asked = new ArrayDeque<>();

    StallingDoor(int lanes, long stallFrom, long stallTo) {
      this.lanes = lanes;
      this.stallFrom = began + stallFrom;
      this.stallTo = began + stallTo;
    }

    @Override
    public int lanes() {
      return lanes;
    }

    @Override
    public void submit(int lane, Operation operation) {
      long answerAt = now + MILLIS;
      boolean stalled = answerAt >= stallFrom && answerAt < stallTo;
      asked.add(new Asked(lane, operation, stalled ? stallTo : answerAt));
    }

    @Override
    public void poll(long maxWaitNanos, Answers answers) {
      long until = now + maxWaitNanos;
      Asked next = asked.peek();
      if (next == null || next.answerAt() > until) {
        now = until;
        return;
      }
      now = Math.max(now, next.answerAt());
      while (next != null && next.answerAt() <= now) {
        asked.remove();
        answers.succeeded(next.lane(), next.operation(), 1, 1);
        next = asked.peek();
      }
    }

    @Override
    public long reconnects() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private Histogram run(Door door, Pace.AtRate pace, long lengthNanos) throws IOException {
    Workload sets = Workloads.uniformSets(new KeySpace("k", 10), 8, 1).create(0, 1);
    new OpenLoop(
            door,
            sets,
            recorder,
            () -> now,
            () -> now - began >= lengthNanos,
            pace,
            0,
            new SplittableRandom(1))
        .run();
    Latencies all = new Latencies();
    recorder.collectLatencies(all);
    return all.all();
  }

  private static Pace.AtRate fixed(double perSecond, int backlog) {
    return new Pace.AtRate(perSecond, Arrivals.FIXED, backlog);
  }

  @Test
  void keepsTheRateWhateverTheAnswersTake() throws IOException {
    Histogram latencies = run(new StallingDoor(10, 0, 0), fixed(1_000, 100), 10 * SECONDS);
    assertThat(latencies.getTotalCount()).isCloseTo(10_000L, within(2L));
    assertThat(latencies.getMaxValue() / 1e6).isCloseTo(1.0, within(0.01));
  }

  @Test
  void aStallIsSeenByAllOperationsThatFellDueMeanwhile() throws IOException {
    // One second in ten: a tenth of the operations wait, on average half a second.
    Histogram latencies =
        run(new StallingDoor(1_000, SECONDS, 2 * SECONDS), fixed(1_000, 0), 10 * SECONDS);
    assertThat(latencies.getTotalCount()).isCloseTo(10_000L, within(2L));
    assertThat(latencies.getValueAtPercentile(89) / 1e6).isLessThan(1.1);
    assertThat(latencies.getValueAtPercentile(95) / 1e6).isCloseTo(500, within(10.0));
    assertThat(latencies.getValueAtPercentile(99) / 1e6).isCloseTo(900, within(10.0));
  }

  @Test
  void whatWaitsForAClientCountsFromWhenItWasDue() throws IOException {
    // Four clients: all but four of the stall's operations wait in the backlog. A closed loop would
    // have seen four slow answers, and a tail of 1 ms at the 99.9th percentile.
    Histogram latencies =
        run(new StallingDoor(4, SECONDS, 2 * SECONDS), fixed(1_000, 10_000), 10 * SECONDS);
    assertThat(latencies.getTotalCount()).isGreaterThan(9_990);
    assertThat(latencies.getValueAtPercentile(95) / 1e6).isGreaterThan(450);
    assertThat(latencies.getValueAtPercentile(99) / 1e6).isGreaterThan(890);
    assertThat(recorder.counts().notStarted()).isZero();
  }

  @Test
  void aClosedLoopWouldNotHaveSeenIt() throws IOException {
    Door door = new StallingDoor(4, SECONDS, 2 * SECONDS);
    Workload sets = Workloads.uniformSets(new KeySpace("k", 10), 8, 1).create(0, 1);
    new ClosedLoop(door, sets, recorder, () -> now, () -> now - began >= 10 * SECONDS).run();
    Latencies all = new Latencies();
    recorder.collectLatencies(all);
    assertThat(all.all().getMaxValue() / 1e6).isGreaterThan(900);
    assertThat(all.all().getValueAtPercentile(99.9) / 1e6).isLessThan(1.1);
  }

  @Test
  void whatFindsTheBacklogFullIsCountedAndNotStarted() throws IOException {
    Histogram latencies =
        run(new StallingDoor(4, SECONDS, 2 * SECONDS), fixed(1_000, 100), 10 * SECONDS);
    LoopCounts counts = recorder.counts();
    assertThat(counts.notStarted()).isBetween(880L, 900L);
    assertThat(counts.due()).isCloseTo(10_000L, within(2L));
    assertThat(latencies.getTotalCount() + counts.notStarted() + counts.waiting())
        .isCloseTo(counts.due(), within(2L));
  }

  @Test
  void moreThanTheDatabaseCanDoShowsAsABacklogThatStaysFull() throws IOException {
    // Two clients and a millisecond each are 2,000 a second.
    run(new StallingDoor(2, 0, 0), fixed(3_000, 50), 10 * SECONDS);
    assertThat(recorder.counts().notStarted()).isCloseTo(10_000L, within(100L));
    assertThat(recorder.counts().waiting()).isCloseTo(50L, within(3L));
  }

  @Test
  void poissonArrivalsHaveTheRateAskedAndUnevenDistances() {
    SplittableRandom random = new SplittableRandom(4);
    double sum = 0;
    double squares = 0;
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      double gap = Arrivals.POISSON.gapNanos(1_000, random);
      sum += gap;
      squares += gap * gap;
    }
    double mean = sum / count;
    assertThat(mean).isCloseTo(1_000, within(20.0));
    // Of the exponential law the standard deviation is the mean.
    assertThat(Math.sqrt(squares / count - mean * mean)).isCloseTo(1_000, within(30.0));
  }
}
