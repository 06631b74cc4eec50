package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.delete;
import static dev.flotilla.kv.Commands.from;
import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Status;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final long TTL = 8_000;
  private static final long RETIRED = 80_000;
  private static final long CLIENT = 77;

  private final Replica replica = Replica.owningAll(new KvSettings(100, 1_000, 4, TTL, RETIRED));

  @Test
  void aRepeatedCommandGetsTheSameAnswerAndHasNoSecondEffect() {
    Command command = from(CLIENT, 1, put("k", "first"));
    CommandResult answer = replica.apply(command);
    replica.apply(put("k", "somebody else's"));
    long hash = replica.machine.stateHash();
    assertThat(replica.apply(command)).isEqualTo(answer);
    assertThat(replica.value("k")).isEqualTo("somebody else's");
    assertThat(replica.machine.stateHash()).isEqualTo(hash);
  }

  @Test
  void aCommandRepeatedWithinOneEntryHasOneEffect() {
    Command command = from(CLIENT, 1, put("k", "v"));
    assertThat(replica.applyEntry(command, command))
        .extracting(CommandResult::getRevision)
        .containsExactly(1L, 1L);
  }

  @Test
  void aRepeatedDeleteSaysAgainThatTheKeyExisted() {
    replica.apply(put("k", "v"));
    Command command = from(CLIENT, 5, delete("k"));
    CommandResult answer = replica.apply(command);
    assertThat(answer.getExisted()).isTrue();
    assertThat(replica.apply(command)).isEqualTo(answer);
  }

  @Test
  void aFailedConditionIsRememberedToo() {
    Command command = from(CLIENT, 1, put("k", "mine", Commands.IF_PRESENT));
    CommandResult answer = replica.apply(command);
    assertThat(answer.getStatus()).isEqualTo(Status.STATUS_CONDITION_FAILED);
    replica.apply(put("k", "v"));
    assertThat(replica.apply(command)).isEqualTo(answer);
    assertThat(replica.value("k")).isEqualTo("v");
  }

  @Test
  void commandsOfOneClientMayArriveInAnyOrder() {
    replica.apply(from(CLIENT, 9, put("{s}a", "9")));
    assertThat(replica.apply(from(CLIENT, 7, put("{s}a", "7"))).getRevision()).isEqualTo(2);
    assertThat(replica.apply(from(CLIENT, 8, put("{s}a", "8"))).getRevision()).isEqualTo(3);
    assertThat(replica.apply(from(CLIENT, 7, put("{s}a", "7"))).getRevision()).isEqualTo(2);
    assertThat(replica.value("{s}a")).isEqualTo("8");
  }

  @Test
  void clientsAndSlotsHaveSessionsOfTheirOwn() {
    assertThat(replica.apply(from(1, 1, put("{s}", "a"))).getRevision()).isEqualTo(1);
    assertThat(replica.apply(from(2, 1, put("{s}", "b"))).getRevision()).isEqualTo(2);
    Command highBits = from(1, 1, put("{s}", "c")).toBuilder().setClientIdHigh(1).build();
    assertThat(replica.apply(highBits).getRevision()).isEqualTo(3);
    assertThat(replica.apply(from(1, 1, put("{t}", "d"))).getRevision()).isEqualTo(1);
  }

  @Test
  void commandsWithoutAClientAreNotRemembered() {
    assertThat(replica.apply(put("k", "v")).getRevision()).isEqualTo(1);
    assertThat(replica.apply(put("k", "v")).getRevision()).isEqualTo(2);
  }

  @Test
  void whatTheClientAcknowledgedIsNeverCarriedOutAgain() {
    replica.apply(from(CLIENT, 1, put("k", "1")));
    replica.apply(from(CLIENT, 2, put("k", "2")));
    replica.apply(from(CLIENT, 3, 3, put("k", "3")));
    assertThat(replica.apply(from(CLIENT, 1, put("k", "1"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.apply(from(CLIENT, 2, put("k", "2"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.value("k")).isEqualTo("3");
  }

  @Test
  void anAcknowledgementNeverGoesBack() {
    replica.apply(from(CLIENT, 10, 10, put("k", "10")));
    replica.apply(from(CLIENT, 11, 3, put("k", "11")));
    assertThat(replica.apply(from(CLIENT, 5, 3, put("k", "5"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
  }

  @Test
  void aCommandBelowItsOwnAcknowledgementIsRefused() {
    assertThat(replica.apply(from(CLIENT, 3, 4, put("k", "v"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
  }

  @Test
  void whenTheWindowOverflowsTheOldestAnswersAreForgottenButNotCarriedOutAgain() {
    for (long seq = 1; seq <= 5; seq++) { // the window is 4
      replica.apply(from(CLIENT, seq, put("k", "v" + seq)));
    }
    assertThat(replica.apply(from(CLIENT, 1, put("k", "again"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.apply(from(CLIENT, 2, put("k", "v2"))).getRevision()).isEqualTo(2);
    assertThat(replica.value("k")).isEqualTo("v5");
  }

  @Test
  void aStragglerInAFullWindowHasItsEffectOnce() {
    for (long seq = 11; seq <= 14; seq++) {
      replica.apply(from(CLIENT, seq, put("k", "v" + seq)));
    }
    Command straggler = from(CLIENT, 10, put("k", "late"));
    assertThat(replica.apply(straggler).getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(straggler).getStatus()).isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.apply(from(CLIENT, 11, put("k", "v11"))).getRevision()).isEqualTo(1);
  }

  @Test
  void refusalsWithoutEffectAreNotRemembered() {
    Command tooLong = from(CLIENT, 1, put("k", "v".repeat(1_001)));
    assertThat(replica.apply(tooLong).getStatus()).isEqualTo(Status.STATUS_INVALID);
    replica.apply(Commands.assign(2));
    Command command = from(CLIENT, 1, put("k", "v"));
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_WRONG_SHARD);
    replica.apply(Commands.assign(3, Replica.ALL_SLOTS));
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_OK);
  }

  /** H57: after the answers are gone a late retry is refused, not carried out a second time. */
  @Test
  void h57_aRetryAfterTheSessionRetiredIsRefused() {
    Command command = from(CLIENT, 5, put("k", "mine"));
    replica.apply(command);
    replica.apply(put("k", "somebody else's"));
    replica.waitMillis(TTL);
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_SESSION_EXPIRED);
    replica.tickAfter(RETIRED / 2);
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.value("k")).isEqualTo("somebody else's");
  }

  @Test
  void aClientThatComesBackGoesOnWithItsNextNumber() {
    replica.apply(from(CLIENT, 5, put("k", "5")));
    replica.tickAfter(TTL * 2);
    Command next = from(CLIENT, 6, put("k", "6"));
    CommandResult answer = replica.apply(next);
    assertThat(answer.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(next)).isEqualTo(answer);
    assertThat(replica.apply(from(CLIENT, 5, put("k", "5"))).getStatus())
        .isEqualTo(Status.STATUS_SESSION_EXPIRED);
    assertThat(replica.apply(from(CLIENT, 8, put("k", "8"))).getStatus())
        .isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(from(CLIENT, 7, put("k", "7"))).getStatus())
        .isEqualTo(Status.STATUS_OK);
  }

  @Test
  void aBusySessionDoesNotExpire() {
    Command first = from(CLIENT, 1, put("k", "1"));
    CommandResult answer = replica.apply(first);
    for (long seq = 2; seq <= 4; seq++) {
      replica.tickAfter(TTL - 1);
      replica.apply(from(CLIENT, seq, put("k", "v" + seq)));
    }
    assertThat(replica.apply(first)).isEqualTo(answer);
  }

  /** H57: the age of a session is told by the entries' stamps, which can only go forward. */
  @Test
  void h57_aLeaderWhoseClockIsBehindExpiresNothingAndBringsNothingBack() {
    replica.waitMillis(TTL * 10);
    Command command = from(CLIENT, 1, put("k", "1"));
    CommandResult answer = replica.apply(command);
    replica.newTerm();
    replica.waitMillis(-TTL * 10);
    assertThat(replica.apply(command)).isEqualTo(answer);
    replica.waitMillis(TTL * 11);
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_SESSION_EXPIRED);
    replica.newTerm();
    replica.waitMillis(-TTL * 5);
    assertThat(replica.apply(command).getStatus()).isEqualTo(Status.STATUS_SESSION_EXPIRED);
  }

  @Test
  void aForgottenSessionTakesNoSpace() {
    long before = replica.machine.audit().expiryIndexed();
    replica.apply(from(CLIENT, 1, put("k", "v")));
    assertThat(replica.machine.audit().expiryIndexed()).isNotEqualTo(before);
    replica.tickAfter(TTL * 2);
    replica.tickAfter(RETIRED + TTL * 2);
    assertThat(replica.machine.audit().expiryIndexed()).isEqualTo(before);
    assertThat(replica.machine.wake()).isEmpty();
  }

  @Test
  void ageIsJudgedByTheClockNotByTheSweep() {
    Replica swept = Replica.owningAll(new KvSettings(100, 1_000, 4, TTL, RETIRED));
    for (Replica each : new Replica[] {replica, swept}) {
      each.apply(from(CLIENT, 5, put("k", "v")));
      each.waitMillis(TTL + RETIRED);
    }
    swept.apply(Commands.tick());
    Command late = from(CLIENT, 3, put("k", "late"));
    assertThat(replica.apply(late)).isEqualTo(swept.apply(late));
  }

  @Test
  void numbersThatAreNoneAreInvalid() {
    assertThat(replica.apply(from(CLIENT, 0, put("k", "v"))).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(from(CLIENT, -1, put("k", "v"))).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(from(CLIENT, Long.MAX_VALUE, put("k", "v"))).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(from(CLIENT, 1, -1, put("k", "v"))).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_NOT_FOUND);
  }
}
