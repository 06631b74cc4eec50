package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.kv.engine.EngineException;
import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.kv.engine.KvWrites;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.Wake;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultTest {
  private final SimulatedDisk disk = new SimulatedDisk();
  private final FailingEngine engine = new FailingEngine(new InMemoryEngine(disk, "state"));
  private final KvStateMachine machine =
      new KvStateMachine(engine, new KvOptions(1, List.of(Replica.ALL_SLOTS)));

  /** H9: the applied position moves only with what was applied. */
  @Test
  void h9_aFailedWriteDoesNotMoveTheAppliedPosition() {
    machine.apply(List.of(entry(1, machine.wake().orElseThrow().command())));
    engine.failing = true;
    assertThatThrownBy(() -> machine.apply(List.of(entry(2, put("k", "v").toByteArray()))))
        .isInstanceOf(EngineException.class);
    assertThat(machine.applied()).isEqualTo(new AppliedPosition(1, 1));
  }

  /** H30: after a fault nothing is served from what may be half a batch. */
  @Test
  void h30_afterAFaultTheStateMachineServesNothing() {
    engine.failing = true;
    assertThatThrownBy(() -> machine.apply(List.of(entry(1, put("k", "v").toByteArray()))))
        .isInstanceOf(EngineException.class);
    engine.failing = false;
    assertThatThrownBy(() -> machine.query(Commands.get("k").toByteArray()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> machine.apply(List.of(entry(1))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(machine::flush).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> machine.checkpoint("anywhere"))
        .isInstanceOf(IllegalStateException.class);
  }

  /**
   * H9, H36, H37: a batch that finds no room leaves nothing behind, in memory neither, and is the
   * same batch when it is applied again, whole or in pieces.
   */
  @Test
  void h36_whatFoundNoRoomIsAppliedOnceAndWhole() {
    KvStateMachine untroubled =
        new KvStateMachine(
            new InMemoryEngine(new SimulatedDisk(), "state"),
            new KvOptions(1, List.of(Replica.ALL_SLOTS)));
    List<CommittedEntry> log = new RandomLog(7).entries(800);
    SplittableRandom random = new SplittableRandom(8);
    int refused = 0;
    int done = 0;
    while (done < log.size()) {
      List<CommittedEntry> page =
          log.subList(done, Math.min(log.size(), done + 1 + random.nextInt(12)));
      engine.withoutRoom = random.nextInt(3) == 0;
      if (engine.withoutRoom) {
        KvStats stats = machine.stats();
        assertThatThrownBy(() -> machine.apply(page)).isInstanceOf(NoRoomException.class);
        assertThat(machine.stats()).isEqualTo(stats);
        refused++;
      } else {
        assertThat(hex(machine.apply(page))).isEqualTo(hex(untroubled.apply(page)));
        done += page.size();
      }
      assertThat(machine.applied()).isEqualTo(untroubled.applied());
      assertThat(machine.clockMillis()).isEqualTo(untroubled.clockMillis());
      assertThat(machine.stateHash()).isEqualTo(untroubled.stateHash());
      assertThat(machine.audit()).isEqualTo(untroubled.audit());
      assertThat(machine.wake().map(Wake::atMillis))
          .isEqualTo(untroubled.wake().map(Wake::atMillis));
    }
    assertThat(refused).isGreaterThan(20);
  }

  @Test
  void aSnapshotThatFindsNoRoomLeavesTheOldState() throws Exception {
    machine.apply(List.of(entry(1, machine.wake().orElseThrow().command())));
    disk.createDirectories("snapshot");
    machine.checkpoint("snapshot");
    machine.apply(List.of(entry(2, put("k", "v").toByteArray())));
    engine.withoutRoom = true;
    assertThatThrownBy(() -> machine.install("snapshot")).isInstanceOf(NoRoomException.class);
    assertThat(machine.applied()).isEqualTo(new AppliedPosition(2, 1));
    engine.withoutRoom = false;
    machine.install("snapshot");
    assertThat(machine.applied()).isEqualTo(new AppliedPosition(1, 1));
  }

  @Test
  void aGapInTheLogStopsTheReplica() {
    machine.apply(List.of(entry(1), entry(2)));
    assertThatThrownBy(() -> machine.apply(List.of(entry(4))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEntryAppliedTwiceStopsTheReplica() {
    machine.apply(List.of(entry(1)));
    assertThatThrownBy(() -> machine.apply(List.of(entry(1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void entriesWithoutCommandsMoveThePositionAndTheClock() {
    assertThat(machine.apply(List.of(new CommittedEntry(1, 3, 5_000, List.of()))))
        .containsExactly(List.of());
    assertThat(machine.applied()).isEqualTo(new AppliedPosition(1, 3));
    assertThat(machine.stats().clockMillis()).isEqualTo(5_000);
    assertThat(machine.apply(List.of())).isEmpty();
  }

  private static List<String> hex(List<List<byte[]>> results) {
    return results.stream().flatMap(List::stream).map(HexFormat.of()::formatHex).toList();
  }

  private static CommittedEntry entry(long index, byte[]... commands) {
    return new CommittedEntry(index, 1, 1_000, List.of(commands));
  }

  private static final class FailingEngine implements KvEngine {
    private final KvEngine engine;
    private boolean failing;
    private boolean withoutRoom;

    FailingEngine(KvEngine engine) {
      this.engine = engine;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      return engine.get(key);
    }

    @Override
    public void scan(byte[] from, Visitor visitor) {
      engine.scan(from, visitor);
    }

    @Override
    public void write(KvWrites writes) {
      if (failing) {
        throw new EngineException("the disk failed");
      }
      requireRoom();
      engine.write(writes);
    }

    @Override
    public void flush() {
      engine.flush();
    }

    @Override
    public void checkpoint(String directory) {
      engine.checkpoint(directory);
    }

    @Override
    public void install(String directory) {
      requireRoom();
      engine.install(directory);
    }

    private void requireRoom() {
      if (withoutRoom) {
        throw new NoRoomException("no room", new DiskFullException("no space left on device"));
      }
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
