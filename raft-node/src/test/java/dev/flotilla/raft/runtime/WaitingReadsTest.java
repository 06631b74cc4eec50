package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.env.ManualClock;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** H8: reads that came before their index was applied, and the queue in which they wait. */
final class WaitingReadsTest {
  private static final int ENTRIES = 12;
  private static final long DEADLINE = 1_000_000_000L;

  private final ManualClock clock = new ManualClock();
  private final RecordingClient client = new RecordingClient();
  private final RegisterMachine machine;
  private final Applier applier;

  WaitingReadsTest() throws IOException {
    SimulatedDisk disk = new SimulatedDisk();
    disk.createDirectories("state");
    machine = new RegisterMachine(disk, "state", false);
    TreeMap<Integer, MachineSlot> slots = new TreeMap<>();
    GroupMetrics metrics = new GroupMetrics(new Backlog(1_000, 1 << 20));
    slots.put(1, new MachineSlot(1, "g1", machine, metrics));
    Mailbox mailbox = new Mailbox(1_000, 1 << 20, 1 << 20);
    applier = new Applier(clock, mailbox, new NodeMetrics(clock.nanoTime()), slots);
  }

  /** Entry {@code index} sets k to its own index. */
  private void apply(long index) {
    byte[] frame = CommandFrame.encode(List.of(ByteString.copyFromUtf8("set k " + index)));
    Entry entry = new Entry(index, 1, EntryKind.COMMAND, 0, frame);
    applier.submit(new ApplierWork.Apply(1, List.of(entry), List.of(), entry.sizeBytes()));
  }

  private long read(long minIndex, long afterNanos) {
    long id = client.nextId();
    ByteString body = ByteString.copyFromUtf8("get k");
    long deadline = clock.nanoTime() + afterNanos;
    ClientCall call = new ClientCall(client, id, 1, ClientCall.Kind.QUERY, body, deadline);
    applier.submit(new ApplierWork.Query(1, List.of(call), minIndex, 1, Long.MAX_VALUE));
    return id;
  }

  @Test
  void h8WhateverTheOrderOfTheirIndexesEachReadWaitsForItsOwnAndNoneIsLost() {
    SplittableRandom random = new SplittableRandom(8);
    record Asked(long id, long minIndex) {}
    List<Asked> asked = new ArrayList<>();
    long applied = 0;
    while (applied < ENTRIES) {
      for (int i = random.nextInt(4); i > 0; i--) {
        long minIndex = random.nextInt(ENTRIES + 1);
        asked.add(new Asked(read(minIndex, DEADLINE), minIndex));
      }
      if (random.nextBoolean()) {
        apply(++applied);
      }
      applier.pass();
      for (Asked read : asked) {
        assertThat(client.isAnswered(read.id)).isEqualTo(read.minIndex <= applied);
      }
    }
    assertThat(asked).hasSizeGreaterThan(20);
    for (Asked read : asked) {
      Reply reply = client.reply(read.id);
      String value = reply.getResult().toStringUtf8();
      assertThat(value.isEmpty() ? 0 : Long.parseLong(value))
          .isGreaterThanOrEqualTo(read.minIndex)
          .isLessThanOrEqualTo(reply.getIndex());
    }
  }

  @Test
  void h8AReadWhoseIndexIsNotAppliedInTimeIsGivenUpAndTheOthersStay() {
    apply(1);
    long first = read(3, DEADLINE / 10);
    long second = read(2, DEADLINE);
    assertThat(applier.pass()).isEqualTo(DEADLINE / 10);
    clock.advanceNanos(DEADLINE / 10);
    applier.pass();
    assertThat(client.reply(first).getError()).isEqualTo(ErrorCode.ERROR_CODE_TIMEOUT);
    assertThat(client.isAnswered(second)).isFalse();
    apply(2);
    apply(3);
    applier.pass();
    assertThat(client.reply(second).getResult().toStringUtf8()).isEqualTo("3");
    assertThat(client.repliesTo(first)).hasSize(1);
  }
}
