package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kv.v1.AssignSlots;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.proto.kv.v1.Delete;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.List;
import dev.flotilla.proto.kv.v1.Put;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.Settings;
import dev.flotilla.proto.kv.v1.Tick;

/** Commands and queries as clients write them. */
final class Commands {
  static final Condition ALWAYS = Condition.getDefaultInstance();
  static final Condition IF_ABSENT = Condition.newBuilder().setAbsent(true).build();
  static final Condition IF_PRESENT = Condition.newBuilder().setPresent(true).build();

  private Commands() {}

  static Condition ifRevision(long revision) {
    return Condition.newBuilder().setRevisionIs(revision).build();
  }

  static Command put(String key, String value) {
    return put(key, value, ALWAYS, 0);
  }

  static Command put(String key, String value, Condition condition) {
    return put(key, value, condition, 0);
  }

  static Command putFor(String key, String value, long ttlMillis) {
    return put(key, value, ALWAYS, ttlMillis);
  }

  static Command put(String key, String value, Condition condition, long ttlMillis) {
    return Command.newBuilder()
        .setPut(
            Put.newBuilder()
                .setKey(utf8(key))
                .setValue(utf8(value))
                .setCondition(condition)
                .setTtlMillis(ttlMillis))
        .build();
  }

  static Command delete(String key) {
    return delete(key, ALWAYS);
  }

  static Command delete(String key, Condition condition) {
    return Command.newBuilder()
        .setDelete(Delete.newBuilder().setKey(utf8(key)).setCondition(condition))
        .build();
  }

  /** The command as number seq of a client that still waits for everything. */
  static Command from(long client, long seq, Command command) {
    return from(client, seq, 0, command);
  }

  static Command from(long client, long seq, long ackedBelow, Command command) {
    return command.toBuilder().setClientIdLow(client).setSeq(seq).setAckedBelow(ackedBelow).build();
  }

  static Command tick() {
    return Command.newBuilder().setTick(Tick.getDefaultInstance()).build();
  }

  static Command assign(long epoch, SlotRange... ranges) {
    return assign(epoch, null, ranges);
  }

  static Command assign(long epoch, Settings settings, SlotRange... ranges) {
    AssignSlots.Builder assign = AssignSlots.newBuilder().setEpoch(epoch);
    if (settings != null) {
      assign.setSettings(settings);
    }
    for (SlotRange range : ranges) {
      assign.addRanges(
          dev.flotilla.proto.kv.v1.SlotRange.newBuilder().setFrom(range.from()).setTo(range.to()));
    }
    return Command.newBuilder().setAssignSlots(assign).build();
  }

  static Query get(String key) {
    return Query.newBuilder().setGet(Get.newBuilder().setKey(utf8(key))).build();
  }

  static Query head(String key) {
    return Query.newBuilder().setGet(Get.newBuilder().setKey(utf8(key)).setOmitValue(true)).build();
  }

  static Query list(String prefix, int limit) {
    return Query.newBuilder()
        .setList(List.newBuilder().setPrefix(utf8(prefix)).setLimit(limit))
        .build();
  }

  static Query listAfter(String prefix, int limit, int slot, ByteString key) {
    return Query.newBuilder()
        .setList(
            List.newBuilder()
                .setPrefix(utf8(prefix))
                .setLimit(limit)
                .setAfter(true)
                .setAfterSlot(slot)
                .setAfterKey(key))
        .build();
  }

  static ByteString utf8(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
