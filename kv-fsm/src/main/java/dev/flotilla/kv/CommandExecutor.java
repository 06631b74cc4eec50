package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.kv.v1.AssignSlots;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.proto.kv.v1.Delete;
import dev.flotilla.proto.kv.v1.Put;
import dev.flotilla.slot.Slots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one command. Always with an answer: whatever bytes a client sends, every replica says
 * the same to them (H30).
 *
 * <p>Tests come in this order: is it a command at all; is the slot ours (asked now, when it is
 * applied, not when it was sent); is it within the limits; was it here before; does its condition
 * hold. The answers before the fourth leave no trace.
 */
final class CommandExecutor {
  private final ReplicatedState state;
  private final SessionTable sessions;
  private final KeySpace keySpace;

  CommandExecutor(ReplicatedState state, SessionTable sessions, KeySpace keySpace) {
    this.state = state;
    this.sessions = sessions;
    this.keySpace = keySpace;
  }

  Reply execute(byte[] bytes) {
    Command command = parse(bytes);
    if (command == null) {
      return new Reply.Invalid("not a command");
    }
    return switch (command.getOpCase()) {
      case PUT -> put(command, command.getPut());
      case DELETE -> delete(command, command.getDelete());
      case ASSIGN_SLOTS -> assign(command.getAssignSlots());
      case TICK -> new Reply.Administered(state.slotTable().epoch()); // the entry's stamp did it
      case OP_NOT_SET -> new Reply.Invalid("no operation this version knows");
    };
  }

  private Reply put(Command command, Put put) {
    if (put.getTtlMillis() < 0 || put.getTtlMillis() > RecordFormat.MAX_TTL_MILLIS) {
      return new Reply.Invalid("the time to live is out of range");
    }
    return onKey(
        command,
        put.getKey(),
        put.getCondition(),
        put.getValue().size(),
        (slot, key) ->
            keySpace.put(slot, key, put.getValue(), put.getCondition(), put.getTtlMillis()));
  }

  private Reply delete(Command command, Delete delete) {
    return onKey(
        command,
        delete.getKey(),
        delete.getCondition(),
        0,
        (slot, key) -> keySpace.delete(slot, key, delete.getCondition()));
  }

  /** An operation on one key of a slot this group owns. */
  @FunctionalInterface
  private interface Effect {
    Reply.Done apply(int slot, byte[] dataKey);
  }

  private Reply onKey(
      Command command, ByteString key, Condition condition, int valueBytes, Effect effect) {
    SlotTable table = state.slotTable();
    if (key.isEmpty()) {
      return new Reply.Invalid("the key is empty");
    }
    int slot = Slots.of(key.toByteArray());
    if (!table.owns(slot)) {
      return new Reply.WrongShard(table.epoch());
    }
    if (key.size() > table.settings().maxKeyBytes()) {
      return new Reply.Invalid("the key is too long");
    }
    if (valueBytes > table.settings().maxValueBytes()) {
      return new Reply.Invalid("the value is too long");
    }
    if (isSwitchedOff(condition)) {
      return new Reply.Invalid("the condition is set to false");
    }
    byte[] dataKey = Keys.data(slot, key);
    if (command.getClientIdHigh() == 0 && command.getClientIdLow() == 0) {
      return effect.apply(slot, dataKey);
    }
    return once(command, slot, dataKey, effect);
  }

  private Reply once(Command command, int slot, byte[] dataKey, Effect effect) {
    long seq = command.getSeq();
    long ackedBelow = command.getAckedBelow();
    if (seq <= 0 || seq == Long.MAX_VALUE || ackedBelow < 0) {
      return new Reply.Invalid("the sequence number is out of range");
    }
    SessionTable.Found found =
        sessions.find(slot, command.getClientIdHigh(), command.getClientIdLow());
    if (seq < ackedBelow || found.session().isOver(seq)) {
      return new Reply.SessionExpired();
    }
    Reply.Done before = found.session().answer(seq);
    if (before != null) {
      return before;
    }
    Reply.Done answer = effect.apply(slot, dataKey);
    sessions.remember(found, seq, ackedBelow, answer);
    return answer;
  }

  private Reply assign(AssignSlots assign) {
    SlotTable table = state.slotTable();
    if (assign.getEpoch() <= 0) {
      return new Reply.Invalid("the epoch is out of range");
    }
    if (assign.getEpoch() > table.epoch()) {
      SlotTable assigned = assigned(assign, table.settings());
      if (assigned == null) {
        return new Reply.Invalid("the slot ranges or settings are out of range");
      }
      state.assign(assigned);
    }
    return new Reply.Administered(state.slotTable().epoch());
  }

  private static @Nullable SlotTable assigned(AssignSlots assign, KvSettings current) {
    try {
      List<SlotRange> ranges = new ArrayList<>(assign.getRangesCount());
      for (dev.flotilla.proto.kv.v1.SlotRange range : assign.getRangesList()) {
        ranges.add(new SlotRange(range.getFrom(), range.getTo()));
      }
      return SlotTable.of(
          assign.getEpoch(),
          assign.hasSettings() ? KvSettings.of(assign.getSettings()) : current,
          ranges);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isSwitchedOff(Condition condition) {
    return switch (condition.getTestCase()) {
      case ABSENT -> !condition.getAbsent();
      case PRESENT -> !condition.getPresent();
      case REVISION_IS, TEST_NOT_SET -> false;
    };
  }

  /**
   * Keys and values stay where they are in the command's bytes; they are copied once, into their
   * record.
   */
  private static @Nullable Command parse(byte[] bytes) {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    input.enableAliasing(true);
    try {
      Command command = Command.parseFrom(input);
      input.checkLastTagWas(0);
      return command;
    } catch (IOException e) {
      return null;
    }
  }
}
