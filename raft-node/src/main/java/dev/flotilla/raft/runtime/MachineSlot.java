package dev.flotilla.raft.runtime;

import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.fsm.Wake;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One group's state machine as the applier holds it. The applier's thread only, unless said
 * otherwise.
 */
final class MachineSlot {
  final int group;
  final String name;
  final StateMachine machine;
  final GroupMetrics metrics;

  /** Queries that came before their index was applied, ascending by arrival. */
  final ArrayDeque<ApplierWork.Query> waiting = new ArrayDeque<>();

  /** What there was no room for. */
  final HeldWork held = new HeldWork();

  /** Whether the loop was told that there is no room. */
  boolean waitsForRoom;

  /** What the loop was told last. */
  AppliedPosition published;

  Optional<Wake> publishedWake = Optional.empty();

  /** Worked off since the loop was told last. */
  long unpublishedBytes;

  boolean touched;

  /** Why this state machine is not called any more. */
  @Nullable String failure;

  /** Set by the loop when it cannot go on before it hears of progress. Any thread. */
  volatile boolean loopWaits;

  MachineSlot(int group, String name, StateMachine machine, GroupMetrics metrics) {
    this.group = group;
    this.name = name;
    this.machine = machine;
    this.metrics = metrics;
    this.published = machine.applied();
  }
}
