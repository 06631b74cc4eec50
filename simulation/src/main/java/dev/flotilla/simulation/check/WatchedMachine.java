package dev.flotilla.simulation.check;

import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.fsm.Wake;
import dev.flotilla.simulation.world.Violation;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A state machine with somebody looking over its shoulder. */
final class WatchedMachine implements StateMachine {
  private final int node;
  private final StateMachine machine;
  private final Effects effects;
  private final Marks marks;
  private final Consumer<Violation> report;

  WatchedMachine(
      int node, StateMachine machine, Effects effects, Marks marks, Consumer<Violation> report) {
    this.node = node;
    this.machine = machine;
    this.effects = effects;
    this.marks = marks;
    this.report = report;
  }

  @Override
  public AppliedPosition applied() {
    return machine.applied();
  }

  @Override
  public List<List<byte[]>> apply(List<CommittedEntry> entries) {
    AppliedPosition before = machine.applied();
    long clockMillis = machine.clockMillis();
    long hash = machine.stateHash();
    List<List<byte[]>> results;
    try {
      results = machine.apply(entries);
    } catch (NoRoomException e) {
      marks.hit(Mark.NO_ROOM_TO_APPLY);
      look(() -> checkUntouched(before, clockMillis, hash));
      throw e;
    }
    look(() -> {
      if (machine.clockMillis() < clockMillis) {
        throw new Violation(
            "a group's time never goes back",
            "n" + node + " from " + clockMillis + " to " + machine.clockMillis());
      }
      if (!entries.isEmpty() && entries.getFirst().index() != before.index() + 1) {
        throw new Violation("entries are applied in order", "n" + node + " after " + before);
      }
      for (int i = 0; i < entries.size(); i++) {
        effects.applied(node, entries.get(i), results.get(i));
      }
      effects.stands(node, machine.applied(), machine.stateHash());
    });
    return results;
  }

  /** What found no room has not begun. */
  private void checkUntouched(AppliedPosition applied, long clockMillis, long hash) {
    if (!machine.applied().equals(applied)
        || machine.clockMillis() != clockMillis
        || machine.stateHash() != hash) {
      throw new Violation(
          "what found no room has no effect",
          "n" + node + " stood at " + applied + " and stands at " + machine.applied());
    }
  }

  @Override
  public byte[] query(byte[] query) {
    byte[] result = machine.query(query);
    look(() -> effects.queried(node, result));
    return result;
  }

  @Override
  public AppliedPosition flushBehind() {
    return machine.flushBehind();
  }

  @Override
  public AppliedPosition flush() {
    return machine.flush();
  }

  @Override
  public AppliedPosition checkpoint(String directory) {
    return machine.checkpoint(directory);
  }

  @Override
  public void install(String directory) {
    AppliedPosition before = machine.applied();
    long clockMillis = machine.clockMillis();
    long hash = machine.stateHash();
    try {
      machine.install(directory);
    } catch (NoRoomException e) {
      look(() -> checkUntouched(before, clockMillis, hash));
      throw e;
    }
    look(() -> {
      if (machine.applied().index() < before.index()) {
        throw new Violation(
            "snapshots never move a state back",
            "n" + node + " from " + before + " to " + machine.applied());
      }
      effects.stands(node, machine.applied(), machine.stateHash());
    });
  }

  @Override
  public long clockMillis() {
    return machine.clockMillis();
  }

  @Override
  public long stateHash() {
    return machine.stateHash();
  }

  @Override
  public Optional<Wake> wake() {
    return machine.wake();
  }

  @Override
  public void close() {
    machine.close();
  }

  /** The replica must not take a violation for an error of its own. */
  private void look(Runnable check) {
    try {
      check.run();
    } catch (Violation e) {
      report.accept(e);
    }
  }
}
