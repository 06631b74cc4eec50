package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.kv.engine.EngineException;
import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.KvBatch;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import java.util.List;
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

  private static CommittedEntry entry(long index, byte[]... commands) {
    return new CommittedEntry(index, 1, 1_000, List.of(commands));
  }

  private static final class FailingEngine implements KvEngine {
    private final KvEngine engine;
    private boolean failing;

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
    public void write(KvBatch batch) {
      if (failing) {
        throw new EngineException("the disk is full");
      }
      engine.write(batch);
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
      engine.install(directory);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
