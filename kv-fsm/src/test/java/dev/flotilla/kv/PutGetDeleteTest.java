package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.delete;
import static dev.flotilla.kv.Commands.head;
import static dev.flotilla.kv.Commands.ifRevision;
import static dev.flotilla.kv.Commands.put;
import static dev.flotilla.kv.Commands.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class PutGetDeleteTest {
  private final Replica replica = Replica.owningAll();

  @Test
  void aValueIsReadAsItWasWritten() {
    CommandResult result = replica.apply(put("k", "v|with|bars\0"));
    assertThat(result.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(result.getExisted()).isFalse();
    assertThat(result.getRevision()).isEqualTo(1);
    QueryResult read = replica.get("k");
    assertThat(read.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(read.getValue()).isEqualTo(utf8("v|with|bars\0"));
    assertThat(read.getRevision()).isEqualTo(1);
    assertThat(read.getExpiresAtMillis()).isZero();
    assertThat(read.getClockMillis()).isEqualTo(replica.nowMillis);
  }

  @Test
  void anAbsentKeyIsNotFound() {
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
  }

  @Test
  void anEmptyValueIsPresent() {
    replica.apply(put("k", ""));
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_OK);
  }

  @Test
  void headLeavesTheValueOut() {
    replica.apply(put("k", "v"));
    QueryResult read = replica.query(head("k"));
    assertThat(read.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(read.getRevision()).isEqualTo(1);
    assertThat(read.getValue().isEmpty()).isTrue();
  }

  @Test
  void revisionsCountTheEffectiveWritesOfASlot() {
    // One hash tag, one slot.
    assertThat(replica.apply(put("{s}a", "1")).getRevision()).isEqualTo(1);
    assertThat(replica.apply(put("{s}b", "1")).getRevision()).isEqualTo(2);
    assertThat(replica.apply(put("{s}a", "1")).getRevision()).isEqualTo(3);
    assertThat(replica.apply(delete("{s}b")).getRevision()).isEqualTo(4);
    assertThat(replica.get("{s}a").getRevision()).isEqualTo(3);
    assertThat(replica.apply(put("{another}a", "1")).getRevision()).isEqualTo(1);
  }

  @Test
  void deletingWhatIsAbsentHasNoEffectAndTakesNoRevision() {
    long hash = replica.machine.stateHash();
    CommandResult result = replica.apply(delete("k"));
    assertThat(result.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(result.getExisted()).isFalse();
    assertThat(result.getRevision()).isZero();
    assertThat(replica.machine.stateHash()).isEqualTo(hash);
    assertThat(replica.apply(put("k", "v")).getRevision()).isEqualTo(1);
  }

  @Test
  void deletedIsAbsent() {
    replica.apply(put("k", "v"));
    assertThat(replica.apply(delete("k")).getExisted()).isTrue();
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
    assertThat(replica.apply(put("k", "v")).getExisted()).isFalse();
  }

  @Test
  void putIfAbsent() {
    assertThat(replica.apply(put("k", "1", Commands.IF_ABSENT)).getStatus())
        .isEqualTo(Status.STATUS_OK);
    CommandResult second = replica.apply(put("k", "2", Commands.IF_ABSENT));
    assertThat(second.getStatus()).isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(second.getRevision()).isEqualTo(1);
    assertThat(replica.value("k")).isEqualTo("1");
  }

  @Test
  void putIfPresent() {
    CommandResult first = replica.apply(put("k", "1", Commands.IF_PRESENT));
    assertThat(first.getStatus()).isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(first.getRevision()).isZero();
    replica.apply(put("k", "2"));
    assertThat(replica.apply(put("k", "3", Commands.IF_PRESENT)).getStatus())
        .isEqualTo(Status.STATUS_OK);
  }

  @Test
  void compareAndSetByRevision() {
    replica.apply(put("k", "1"));
    assertThat(replica.apply(put("k", "2", ifRevision(1))).getRevision()).isEqualTo(2);
    CommandResult late = replica.apply(put("k", "3", ifRevision(1)));
    assertThat(late.getStatus()).isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(late.getRevision()).isEqualTo(2);
    assertThat(replica.apply(put("absent", "3", ifRevision(0))).getStatus())
        .isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(replica.value("k")).isEqualTo("2");
  }

  @Test
  void conditionalDelete() {
    replica.apply(put("k", "1"));
    assertThat(replica.apply(delete("k", ifRevision(7))).getStatus())
        .isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(replica.apply(delete("k", ifRevision(1))).getRevision()).isEqualTo(2);
    CommandResult absent = replica.apply(delete("k", Commands.IF_PRESENT));
    assertThat(absent.getStatus()).isEqualTo(Status.STATUS_CONDITION_FAILED);
    assertThat(absent.getRevision()).isZero();
  }

  @Test
  void aRevisionNeverComesBack() {
    replica.apply(put("k", "1"));
    replica.apply(delete("k"));
    assertThat(replica.apply(put("k", "2")).getRevision()).isEqualTo(3);
    assertThat(replica.apply(put("k", "3", ifRevision(1))).getStatus())
        .isEqualTo(Status.STATUS_CONDITION_FAILED);
  }

  /** H37: both commands are in one batch; the second must see what the first did. */
  @Test
  void h37_ofTwoCompareAndSetsInOneBatchOnlyOneSucceeds() {
    replica.apply(put("k", "0"));
    List<CommandResult> results =
        replica.applyEntry(
            put("k", "a", ifRevision(1)),
            put("k", "b", ifRevision(1)),
            put("new", "a", Commands.IF_ABSENT),
            put("new", "b", Commands.IF_ABSENT),
            delete("new", Commands.IF_PRESENT),
            delete("new", Commands.IF_PRESENT));
    assertThat(results)
        .extracting(CommandResult::getStatus)
        .containsExactly(
            Status.STATUS_OK,
            Status.STATUS_CONDITION_FAILED,
            Status.STATUS_OK,
            Status.STATUS_CONDITION_FAILED,
            Status.STATUS_OK,
            Status.STATUS_CONDITION_FAILED);
    assertThat(replica.value("k")).isEqualTo("a");
  }

  @Test
  void countsKeysAndTheirBytes() {
    replica.apply(put("abc", "12345"));
    replica.apply(put("d", "1"));
    replica.apply(put("abc", "1"));
    assertThat(replica.machine.stats().keys()).isEqualTo(2);
    assertThat(replica.machine.stats().keyBytes()).isEqualTo(6);
    replica.apply(delete("abc"));
    replica.apply(delete("d"));
    assertThat(replica.machine.stats().keys()).isZero();
    assertThat(replica.machine.stats().keyBytes()).isZero();
  }
}
