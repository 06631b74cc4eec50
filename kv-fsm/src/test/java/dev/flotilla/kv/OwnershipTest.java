package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.assign;
import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Settings;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.Wake;
import dev.flotilla.slot.Slots;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final int SLOT = Slots.of("k".getBytes(StandardCharsets.UTF_8));
  private static final SlotRange THE_SLOT = new SlotRange(SLOT, SLOT + 1);
  private static final SlotRange BELOW = new SlotRange(0, SLOT);
  private static final SlotRange ABOVE = new SlotRange(SLOT + 1, Slots.COUNT);

  @Test
  void aNewGroupOwnsNothingAndAsksForItsGenesis() {
    Replica replica = replica(new KvOptions(7, List.of(BELOW, THE_SLOT)));
    assertThat(replica.apply(put("k", "v")).getStatus()).isEqualTo(Status.STATUS_WRONG_SHARD);
    assertThat(replica.get("k").getStatus()).isEqualTo(Status.STATUS_WRONG_SHARD);
    Wake wake = replica.machine.wake().orElseThrow();
    assertThat(wake.atMillis()).isZero();
    CommandResult result = replica.applyBytes(wake.command()).getFirst();
    assertThat(result.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(result.getEpoch()).isEqualTo(7);
    assertThat(replica.machine.wake()).isEmpty();
    assertThat(replica.machine.stats().ownedSlots()).isEqualTo(SLOT + 1);
    assertThat(replica.apply(put("k", "v")).getStatus()).isEqualTo(Status.STATUS_OK);
  }

  @Test
  void genesisProposedTwiceHasOneEffect() {
    Replica replica = replica(new KvOptions(7, List.of(THE_SLOT)));
    byte[] genesis = replica.machine.wake().orElseThrow().command();
    replica.applyBytes(genesis);
    long hash = replica.machine.stateHash();
    assertThat(replica.applyBytes(genesis).getFirst().getEpoch()).isEqualTo(7);
    assertThat(replica.machine.stateHash()).isEqualTo(hash);
  }

  @Test
  void aGroupWithoutGenesisWaits() {
    Replica replica = replica(KvOptions.unassigned());
    assertThat(replica.machine.wake()).isEmpty();
    replica.apply(assign(3, THE_SLOT));
    assertThat(replica.apply(put("k", "v")).getStatus()).isEqualTo(Status.STATUS_OK);
  }

  @Test
  void slotsOfOthersAreRefusedWithTheEpochAndWithoutATrace() {
    Replica replica = replica(KvOptions.unassigned());
    replica.apply(assign(12, BELOW, ABOVE));
    long hash = replica.machine.stateHash();
    CommandResult result = replica.apply(Commands.from(1, 1, put("k", "v")));
    assertThat(result.getStatus()).isEqualTo(Status.STATUS_WRONG_SHARD);
    assertThat(result.getEpoch()).isEqualTo(12);
    assertThat(replica.machine.stateHash()).isEqualTo(hash);
    QueryResult read = replica.get("k");
    assertThat(read.getStatus()).isEqualTo(Status.STATUS_WRONG_SHARD);
    assertThat(read.getEpoch()).isEqualTo(12);
  }

  @Test
  void ownershipIsAskedWhenACommandIsAppliedEvenWithinOneEntry() {
    Replica replica = replica(KvOptions.unassigned());
    List<CommandResult> results =
        replica.applyEntry(
            put("k", "1"),
            assign(1, THE_SLOT),
            put("k", "2"),
            assign(2, BELOW),
            put("k", "3"),
            assign(3, THE_SLOT),
            put("k", "4"));
    assertThat(results)
        .extracting(CommandResult::getStatus)
        .containsExactly(
            Status.STATUS_WRONG_SHARD,
            Status.STATUS_OK,
            Status.STATUS_OK,
            Status.STATUS_OK,
            Status.STATUS_WRONG_SHARD,
            Status.STATUS_OK,
            Status.STATUS_OK);
    assertThat(replica.get("k").getRevision()).isEqualTo(2);
  }

  @Test
  void anOlderAssignmentHasNoEffect() {
    Replica replica = replica(KvOptions.unassigned());
    replica.apply(assign(5, THE_SLOT));
    assertThat(replica.apply(assign(4, BELOW)).getEpoch()).isEqualTo(5);
    assertThat(replica.apply(assign(5, BELOW)).getEpoch()).isEqualTo(5);
    assertThat(replica.apply(put("k", "v")).getStatus()).isEqualTo(Status.STATUS_OK);
  }

  @Test
  void anAssignmentThatMakesNoSenseIsInvalid() {
    Replica replica = replica(KvOptions.unassigned());
    long hash = replica.machine.stateHash();
    assertThat(replica.apply(assign(0, THE_SLOT)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(assign(-1, THE_SLOT)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(assign(1, THE_SLOT, THE_SLOT)).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(
            replica
                .apply(assign(1, Settings.newBuilder().setMaxKeyBytes(-1).build(), THE_SLOT))
                .getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    Command backwards = assign(1, THE_SLOT);
    backwards =
        backwards.toBuilder()
            .setAssignSlots(
                backwards.getAssignSlots().toBuilder()
                    .setRanges(
                        0, dev.flotilla.proto.kv.v1.SlotRange.newBuilder().setFrom(9).setTo(9)))
            .build();
    assertThat(replica.apply(backwards).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.machine.stats().epoch()).isZero();
    assertThat(replica.machine.audit().stateHash()).isNotEqualTo(hash); // only the clock moved
  }

  @Test
  void settingsAreReplicatedAndKeptWhenAnAssignmentNamesNone() {
    Replica replica =
        replica(new KvOptions(1, List.of(THE_SLOT), new KvSettings(1, 3, 10, 1_000, 1_000)));
    replica.applyBytes(replica.machine.wake().orElseThrow().command());
    assertThat(replica.apply(put("k", "1234")).getStatus()).isEqualTo(Status.STATUS_INVALID);
    replica.apply(assign(2, THE_SLOT));
    assertThat(replica.apply(put("k", "1234")).getStatus()).isEqualTo(Status.STATUS_INVALID);
    replica.apply(assign(3, Settings.newBuilder().setMaxValueBytes(4).build(), THE_SLOT));
    assertThat(replica.apply(put("k", "1234")).getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(put("k", "12345")).getStatus()).isEqualTo(Status.STATUS_INVALID);
  }

  @Test
  void theTableSurvivesItsOwnEncoding() {
    SlotTable table =
        SlotTable.of(
            9,
            new KvSettings(1, 2, 3, 4, 5),
            List.of(new SlotRange(16_383, 16_384), new SlotRange(0, 1), new SlotRange(5, 900)));
    SlotTable decoded = SlotTable.decode(table.encode());
    assertThat(decoded.encode()).isEqualTo(table.encode());
    assertThat(decoded.epoch()).isEqualTo(9);
    assertThat(decoded.settings()).isEqualTo(table.settings());
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      assertThat(decoded.owns(slot)).isEqualTo(table.owns(slot));
    }
  }

  private static Replica replica(KvOptions options) {
    return new Replica(new InMemoryEngine(new SimulatedDisk(), "state"), options);
  }
}
