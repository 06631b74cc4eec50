package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.delete;
import static dev.flotilla.kv.Commands.ifRevision;
import static dev.flotilla.kv.Commands.put;
import static dev.flotilla.kv.Commands.putFor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.raft.fsm.Wake;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExpiryTest {
  private final Replica replica = Replica.owningAll();

  @Test
  void aKeyLivesUntilItsTime() {
    replica.apply(putFor("k", "v", 500));
    assertThat(replica.get("k").getExpiresAtMillis()).isEqualTo(replica.nowMillis + 500);
    replica.tickAfter(499);
    assertThat(replica.value("k")).isEqualTo("v");
    replica.tickAfter(1);
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
    assertThat(replica.machine.stats().keys()).isZero();
  }

  @Test
  void timePassesOnlyInTheLog() {
    replica.apply(putFor("k", "v", 500));
    replica.waitMillis(10_000);
    assertThat(replica.value("k")).isEqualTo("v");
  }

  @Test
  void anExpiredKeyIsAbsentToWritesOfTheSameEntry() {
    replica.apply(putFor("k", "v", 500));
    replica.waitMillis(500);
    assertThat(replica.apply(put("k", "w", ifRevision(1))).getStatus())
        .isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(replica.apply(put("k", "w", Commands.IF_ABSENT)).getExisted()).isFalse();
  }

  @Test
  void anExpiredKeyIsAbsentThoughTheSweepHasNotReachedIt() {
    // More keys fall due at once than one entry sweeps.
    int keys = 600;
    replica.applyEntry(
        IntStream.range(0, keys)
            .mapToObj(i -> putFor("{s}" + i, "v", 500))
            .toArray(Command[]::new));
    replica.tickAfter(500);
    assertThat(replica.machine.stats().keys()).isBetween(1L, keys - 1L);
    for (int i = 0; i < keys; i++) {
      assertThat(replica.get("{s}" + i).getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
    }
    assertThat(replica.query(Commands.list("", 1_000)).getKeysCount()).isZero();
    int last = 599; // swept last or not, it is absent, and can be written again
    assertThat(replica.apply(delete("{s}" + last)).getExisted()).isFalse();
    assertThat(replica.apply(put("{s}" + last, "w")).getExisted()).isFalse();
    int entries = 0;
    while (replica.machine.wake().isPresent()) {
      assertThat(replica.machine.wake().get().atMillis()).isZero();
      replica.applyBytes(replica.machine.wake().get().command());
      assertThat(++entries).isLessThan(10);
    }
    assertThat(replica.machine.stats().keys()).isEqualTo(1);
    assertThat(replica.value("{s}" + last)).isEqualTo("w");
  }

  @Test
  void writingAgainSetsTheTimeAnew() {
    replica.apply(putFor("a", "v", 500));
    replica.apply(putFor("b", "v", 500));
    replica.waitMillis(400);
    replica.apply(put("a", "w"));
    replica.apply(putFor("b", "w", 500));
    replica.tickAfter(400);
    assertThat(replica.value("a")).isEqualTo("w");
    assertThat(replica.value("b")).isEqualTo("w");
    replica.tickAfter(100);
    assertThat(replica.value("a")).isEqualTo("w");
    assertThat(replica.get("b").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
  }

  @Test
  void sweepingTakesNoRevision() {
    replica.apply(putFor("k", "v", 500));
    replica.tickAfter(500);
    assertThat(replica.apply(put("k", "w")).getRevision()).isEqualTo(2);
  }

  @Test
  void theClockNeverGoesBack() {
    replica.apply(putFor("k", "v", 500));
    replica.tickAfter(500);
    replica.newTerm();
    replica.tickAfter(-2_000);
    assertThat(replica.machine.stats().clockMillis()).isEqualTo(replica.nowMillis + 2_000);
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
  }

  @Test
  void asksToBeWokenForTheNextExpiryOnly() {
    assertThat(replica.machine.wake()).isEmpty();
    replica.apply(putFor("late", "v", 9_000));
    assertThat(replica.machine.wake().orElseThrow().atMillis())
        .isEqualTo(replica.nowMillis + 9_000);
    replica.apply(putFor("soon", "v", 2_000));
    Wake wake = replica.machine.wake().orElseThrow();
    assertThat(wake.atMillis()).isEqualTo(replica.nowMillis + 2_000);
    replica.nowMillis = wake.atMillis();
    replica.applyBytes(wake.command());
    assertThat(replica.get("soon").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
    assertThat(replica.machine.wake().orElseThrow().atMillis())
        .isEqualTo(replica.nowMillis + 7_000);
    replica.apply(delete("late"));
    assertThat(replica.machine.wake()).isEmpty();
  }

  @Test
  void expiriesCloseTogetherShareAWake() {
    replica.apply(putFor("a", "v", 1_001));
    replica.apply(putFor("b", "v", 1_099));
    Wake wake = replica.machine.wake().orElseThrow();
    assertThat(wake.atMillis()).isEqualTo(replica.nowMillis + 1_100);
    replica.nowMillis = wake.atMillis();
    replica.applyBytes(wake.command());
    assertThat(replica.machine.wake()).isEmpty();
  }

  @Test
  void aTimeToLiveBeyondAllBoundsIsInvalid() {
    assertThat(replica.apply(putFor("k", "v", -1)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(putFor("k", "v", Long.MAX_VALUE)).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(putFor("k", "v", RecordFormat.MAX_TTL_MILLIS)).getStatus())
        .isEqualTo(Status.STATUS_OK);
  }

  @Test
  void anAbsurdStampDoesNotOverflowTheClock() {
    replica.nowMillis = Long.MAX_VALUE;
    replica.apply(putFor("k", "v", RecordFormat.MAX_TTL_MILLIS));
    assertThat(replica.value("k")).isEqualTo("v");
  }
}
