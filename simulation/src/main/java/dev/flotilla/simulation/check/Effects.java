package dev.flotilla.simulation.check;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.kv.v1.AssignSlots;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.SlotRange;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.simulation.world.Violation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the state machines of one group did: the same at every replica and in every life, and each
 * (client, seq) at most once with always the same answer.
 */
final class Effects {
  private record Caller(long high, long low, long seq) {}

  private record Effect(long index, CommandResult result) {}

  private record Applied(long term, long resultsHash) {}

  private final int group;
  private final Marks marks;
  private final SlotOwners owners;
  private final Map<Long, Applied> applied = new HashMap<>();
  private final Map<Long, Long> states = new HashMap<>();
  private final Map<Caller, Effect> effects = new HashMap<>();

  /** Which slots belong to which group, by epoch; shared by all groups of a run. */
  static final class SlotOwners {
    private final TreeMap<Long, Map<Integer, BitSet>> byEpoch = new TreeMap<>();

    void assigned(int group, AssignSlots assign) {
      Map<Integer, BitSet> epoch =
          byEpoch.computeIfAbsent(assign.getEpoch(), key -> new TreeMap<>());
      BitSet slots = new BitSet();
      for (SlotRange range : assign.getRangesList()) {
        slots.set(range.getFrom(), range.getTo());
      }
      epoch.put(group, slots);
      epoch.forEach((other, others) -> {
        if (other != group && slots.intersects(others)) {
          throw new Violation(
              "one owner per slot and epoch",
              "g%d and g%d share slots in epoch %d".formatted(group, other, assign.getEpoch()));
        }
      });
    }
  }

  Effects(int group, Marks marks, SlotOwners owners) {
    this.group = group;
    this.marks = marks;
    this.owners = owners;
  }

  void applied(int node, CommittedEntry entry, List<byte[]> results) {
    long hash = 1;
    for (byte[] result : results) {
      hash = hash * 31 + Arrays.hashCode(result);
    }
    Applied here = new Applied(entry.term(), hash);
    Applied known = applied.putIfAbsent(entry.index(), here);
    if (known != null && !known.equals(here)) {
      throw new Violation(
          "equal results everywhere",
          "g%d n%d: entry %d gave %s, elsewhere %s"
              .formatted(group, node, entry.index(), here, known));
    }
    if (known != null) {
      return;
    }
    marks.hitIf(entry.commands().size() > 1, Mark.ENTRY_WITH_SEVERAL_COMMANDS);
    try {
      for (int i = 0; i < results.size(); i++) {
        took(
            entry.index(),
            Command.parseFrom(entry.commands().get(i)),
            CommandResult.parseFrom(results.get(i)));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("commands can be read", "g" + group + " at " + entry.index(), e);
    }
  }

  private void took(long index, Command command, CommandResult result) {
    switch (command.getOpCase()) {
      case ASSIGN_SLOTS -> {
        if (result.getStatus() == Status.STATUS_OK) {
          owners.assigned(group, command.getAssignSlots());
        }
      }
      case PUT, DELETE -> once(index, command, result);
      case TICK -> marks.hit(Mark.KEY_EXPIRED);
      case OP_NOT_SET -> {}
    }
  }

  private void once(long index, Command command, CommandResult result) {
    boolean decided =
        result.getStatus() == Status.STATUS_OK
            || result.getStatus() == Status.STATUS_CONDITION_FAILED
            || result.getStatus() == Status.STATUS_NOT_FOUND;
    marks.hitIf(result.getStatus() == Status.STATUS_SESSION_EXPIRED, Mark.SESSION_EXPIRED);
    if (!decided || command.getSeq() == 0) {
      return;
    }
    Caller caller =
        new Caller(command.getClientIdHigh(), command.getClientIdLow(), command.getSeq());
    Effect first = effects.putIfAbsent(caller, new Effect(index, result));
    if (first == null) {
      return;
    }
    marks.hit(Mark.ANSWERED_FROM_SESSION);
    if (!first.result().equals(result)) {
      throw new Violation(
          "each (client, seq) takes effect once",
          "g%d: %s gave {%s} at %d and {%s} at %d"
              .formatted(
                  group, caller, oneLine(first.result()), first.index(), oneLine(result), index));
    }
  }

  /** A query was answered: a key whose time is over is absent, long before it is swept (H57). */
  void queried(int node, byte[] result) {
    try {
      QueryResult answer = QueryResult.parseFrom(result);
      if (answer.getExpiresAtMillis() != 0
          && answer.getExpiresAtMillis() <= answer.getClockMillis()) {
        throw new Violation(
            "expired keys are absent",
            "g%d n%d: at %d a key was there that expired at %d"
                .formatted(group, node, answer.getClockMillis(), answer.getExpiresAtMillis()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("answers can be read", "g%d n%d".formatted(group, node), e);
    }
  }

  private static String oneLine(CommandResult result) {
    return result.toString().replace('\n', ' ');
  }

  /** A state machine stands somewhere, by applying or by a snapshot. */
  void stands(int node, AppliedPosition position, long stateHash) {
    Long known = states.putIfAbsent(position.index(), stateHash);
    if (known != null && known != stateHash) {
      throw new Violation(
          "equal states at equal positions",
          "g%d n%d: another state at %d".formatted(group, node, position.index()));
    }
  }
}
