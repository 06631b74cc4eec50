package dev.flotilla.bench.recorder;

import static dev.flotilla.bench.door.OperationKind.READ;
import static dev.flotilla.bench.door.OperationKind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Outcome;
import org.junit.jupiter.api.Test;

class RecorderTest {

  @Test
  void anIntervalHoldsOnlyWhatCameSinceTheLast() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.succeeded(READ, 5_000_000, 1);
    recorder.collectLatencies(new Latencies());
    recorder.succeeded(READ, 7_000_000, 2);

    Latencies second = new Latencies();
    recorder.collectLatencies(second);
    assertThat(second.all().getTotalCount()).isEqualTo(1);
    assertThat(second.all().getMaxValue() / 1e6).isBetween(6.9, 7.1);
    assertThat(recorder.successesByGroup()[1]).isEqualTo(1);
    assertThat(recorder.successesByGroup()[2]).isEqualTo(1);
  }

  @Test
  void kindsAreToldApartAndAddedUp() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.succeeded(READ, 1_000_000, 0);
    recorder.succeeded(WRITE, 9_000_000, 0);
    Latencies all = new Latencies();
    recorder.collectLatencies(all);
    assertThat(all.byKind().keySet()).containsExactly(READ, WRITE);
    assertThat(all.byKind().get(READ).getMaxValue() / 1e6).isBetween(0.9, 1.1);
    assertThat(all.all().getTotalCount()).isEqualTo(2);
  }

  @Test
  void aConflictIsNoFailure() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.failed(Failure.conflict("the revision is 4"));
    assertThat(recorder.takeFailures()).isEmpty();
    assertThat(recorder.counts().conflicts()).isEqualTo(1);
  }

  @Test
  void latenciesBeyondTheScaleCountAsTheLongest() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.succeeded(READ, Long.MAX_VALUE, -1);
    Latencies all = new Latencies();
    recorder.collectLatencies(all);
    assertThat(all.all().getTotalCount()).isEqualTo(1);
    assertThat(recorder.successesByGroup()[0]).isEqualTo(1);
  }

  @Test
  void aTallyKeepsTheFirstSampleAndIsEmptyOnceTaken() {
    FailureTally tally = new FailureTally();
    tally.add(new Failure("A", Outcome.UNKNOWN, "first"));
    tally.add(new Failure("A", Outcome.UNKNOWN, "second"));
    assertThat(tally.total()).isEqualTo(2);
    assertThat(tally.take().get("A").first().sample()).isEqualTo("first");
    assertThat(tally.take()).isEmpty();
  }

  @Test
  void aTallyStaysSmall() {
    FailureTally tally = new FailureTally();
    for (int i = 0; i < 10_000; i++) {
      tally.add(new Failure("CODE_" + i, Outcome.UNKNOWN, "x".repeat(10_000)));
    }
    assertThat(tally.total()).isEqualTo(10_000);
    assertThat(tally.take()).hasSizeLessThan(100);
  }
}
