package dev.flotilla.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecoveryProbeTest {

  private final AtomicLong now = new AtomicLong();
  private final RecoveryProbe probe = new RecoveryProbe(now::get);

  private void successAt(long nanos, String group, long term) {
    now.set(nanos);
    probe.success(group, term);
  }

  @Test
  void recoveryLastsUntilTheFirstSuccessInAHigherTerm() {
    successAt(100, "g1", 4);
    now.set(110);
    RecoveryProbe.Mark mark = probe.mark("g1", 0);
    successAt(115, "g1", 4);
    assertThat(mark.recoveryNanos()).as("an answer that was under way").isEmpty();
    successAt(700, "g1", 5);
    successAt(710, "g1", 5);
    assertThat(mark.recoveryNanos()).hasValue(590);
    assertThat(mark.longestSilenceNanos()).isEqualTo(585);
  }

  @Test
  void aTermKnownFromElsewhereCountsToo() {
    RecoveryProbe.Mark mark = probe.mark("g1", 9);
    successAt(10, "g1", 9);
    assertThat(mark.recoveryNanos()).isEmpty();
    successAt(20, "g1", 10);
    assertThat(mark.recoveryNanos()).hasValue(20);
  }

  @Test
  void groupsDoNotRecoverForEachOther() {
    RecoveryProbe.Mark mark = probe.mark("g1", 1);
    successAt(10, "g2", 7);
    assertThat(mark.recoveryNanos()).isEmpty();
  }

  @Test
  void aSilenceThatLastsIsCounted() {
    successAt(100, "g1", 1);
    RecoveryProbe.Mark mark = probe.mark("g1", 0);
    now.set(5_000);
    assertThat(mark.longestSilenceNanos()).isEqualTo(4_900);
  }

  @Test
  void aClosedMarkKeepsItsFigures() {
    RecoveryProbe.Mark mark = probe.mark("g1", 1);
    successAt(10, "g1", 2);
    mark.close();
    successAt(20, "g1", 3);
    assertThat(mark.recoveryNanos()).hasValue(10);
  }

  @Test
  void waitsOnlySoLong() throws Exception {
    RecoveryProbe.Mark mark = probe.mark("g1", 1);
    assertThat(mark.awaitRecovery(1_000)).isFalse();
    assertThat(mark.awaitSuccess(1_000)).isFalse();
    assertThat(probe.awaitGroups(1, 1, TimeUnit.MICROSECONDS)).isFalse();
  }

  @Test
  void awakesWhenServed() throws Exception {
    RecoveryProbe.Mark mark = probe.mark("g1", 1);
    Thread writer = Thread.ofVirtual().start(() -> probe.success("g1", 2));
    assertThat(mark.awaitRecovery(TimeUnit.SECONDS.toNanos(20))).isTrue();
    assertThat(probe.awaitGroups(1, 20, TimeUnit.SECONDS)).isTrue();
    writer.join();
    assertThat(probe.successes()).containsEntry("g1", 1L);
  }
}
