package dev.flotilla.simulation.check;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.kv.v1.AssignSlots;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.SlotRange;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.simulation.world.Violation;
import java.util.Arrays;
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
    private final TreeMap<Long, Map<Integer, List<SlotRange>>> byEpoch = new TreeMap<>();

    void assigned(int group, AssignSlots assign) {
      Map<Integer, List<SlotRange>> epoch =
          byEpoch.computeIfAbsent(assign.getEpoch(), key -> new TreeMap<>());
      epoch.put(group, assign.getRangesList());
      epoch.forEach((other, ranges) -> {
        if (other != group && overlap(ranges, assign.getRangesList())) {
          throw new Violation(
              "one owner per slot and epoch",
              "g%d and g%d share slots in epoch %d".formatted(group, other, assign.getEpoch()));
        }
      });
    }

    private static boolean overlap(List<SlotRange> some, List<SlotRange> others) {
      return some.stream()
          .anyMatch(one ->
              others.stream()
                  .anyMatch(two -> one.getFrom() < two.getTo() && two.getFrom() < one.getTo()));
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
