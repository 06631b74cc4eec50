package dev.flotilla.bench.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Outcome;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RecorderTest {

  @Test
  void anIntervalHoldsOnlyWhatCameSinceTheLast() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.succeeded(5_000_000, 1);
    recorder.collectLatencies(LoopRecorder.newHistogram());
    recorder.succeeded(7_000_000, 2);

    Histogram second = LoopRecorder.newHistogram();
    recorder.collectLatencies(second);
    assertThat(second.getTotalCount()).isEqualTo(1);
    assertThat(second.getMaxValue() / 1e6).isBetween(6.9, 7.1);
    assertThat(recorder.successesByGroup()[1]).isEqualTo(1);
    assertThat(recorder.successesByGroup()[2]).isEqualTo(1);
  }

  @Test
  void latenciesBeyondTheScaleCountAsTheLongest() {
    LoopRecorder recorder = new LoopRecorder();
    recorder.succeeded(Long.MAX_VALUE, -1);
    Histogram all = LoopRecorder.newHistogram();
    recorder.collectLatencies(all);
    assertThat(all.getTotalCount()).isEqualTo(1);
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
