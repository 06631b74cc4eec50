package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.proto.kv.v1.KeyInfo;
import dev.flotilla.proto.kv.v1.List;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.slot.Slots;

/**
 * One page of keys in the order (slot, key). Stops after a bounded amount of work, found or not,
 * and says where to go on: listing a rare prefix in a large store is many short calls, none of
 * which holds up the applies behind it.
 */
final class KeyListing {
  private static final int MOST_KEYS = 1_000;
  private static final int MOST_KEY_BYTES = 1 << 20;
  private static final int MOST_ENTRIES = 5_000;
  private static final int MOST_SEEKS = 500;

  private final KvEngine engine;
  private final SlotTable table;
  private final long clockMillis;
  private final List list;
  private final ByteString prefix;
  private final QueryResult.Builder result;
  private int keyBytes;
  private int entries;

  /** The slot being listed and the last key seen in it: where the next page goes on. */
  private int slot;

  private ByteString lastKey = ByteString.EMPTY;

  /** Where the scan of one slot ended: the first slot that may hold more. */
  private int nextSlot;

  private boolean full;

  KeyListing(KvEngine engine, ReplicatedState state, List list) {
    this.engine = engine;
    this.table = state.slotTable();
    this.clockMillis = state.clockMillis();
    this.list = list;
    this.prefix = list.getPrefix();
    this.result = QueryExecutor.result(state, Status.STATUS_OK);
  }

  QueryResult run() {
    if (list.getLimit() < 1 || list.getLimit() > MOST_KEYS) {
      return invalid("the limit must be 1 to " + MOST_KEYS);
    }
    if (list.getAfter() && (list.getAfterSlot() < 0 || list.getAfterSlot() >= Slots.COUNT)) {
      return invalid("the position names no slot");
    }
    if (list.getAfter()) {
      slot = list.getAfterSlot();
      lastKey = list.getAfterKey();
    }
    int lastSlot = Slots.COUNT - 1;
    if (hasWholeTag(prefix)) {
      lastSlot = Slots.of(prefix.toByteArray());
      enter(lastSlot);
    }
    for (int seeks = 0; ; seeks++) {
      int owned = slot < Slots.COUNT ? table.nextOwned(slot) : -1;
      if (owned < 0 || owned > lastSlot) {
        return result.build();
      }
      enter(owned);
      if (full || seeks == MOST_SEEKS) {
        return result.setMore(true).setNextSlot(slot).setNextKey(lastKey).build();
      }
      scanSlot();
      if (!full) {
        enter(nextSlot);
      }
    }
  }

  private void enter(int newSlot) {
    if (newSlot > slot) {
      slot = newSlot;
      lastKey = ByteString.EMPTY;
    }
  }

  private void scanSlot() {
    nextSlot = Slots.COUNT;
    boolean fromPrefix =
        ByteString.unsignedLexicographicalComparator().compare(lastKey, prefix) < 0;
    byte[] from = fromPrefix ? Keys.data(slot, prefix) : Keys.afterData(slot, lastKey);
    engine.scan(from, this::visit);
  }

  private boolean visit(byte[] key, byte[] value) {
    if (Keys.slotOf(key) != slot) {
      nextSlot = Math.min(Keys.slotOf(key), Slots.COUNT);
      return false;
    }
    ByteString userKey =
        UnsafeByteOperations.unsafeWrap(key, Keys.HEAD_BYTES, Keys.userKeyBytes(key));
    if (Keys.typeOf(key) != Keys.TYPE_DATA || !userKey.startsWith(prefix)) {
      nextSlot = slot + 1;
      return false;
    }
    lastKey = userKey;
    DataRecord datum = DataRecord.parse(value);
    if (datum.isLive(clockMillis)) {
      result.addKeys(
          KeyInfo.newBuilder()
              .setKey(userKey)
              .setRevision(datum.revision())
              .setSizeBytes(datum.valueBytes())
              .setExpiresAtMillis(datum.expiresAtMillis()));
      keyBytes += userKey.size();
    }
    entries++;
    full =
        result.getKeysCount() == list.getLimit()
            || keyBytes >= MOST_KEY_BYTES
            || entries == MOST_ENTRIES;
    return !full;
  }

  /** Keys that begin with a closed hash tag all share the slot of that tag. */
  private static boolean hasWholeTag(ByteString prefix) {
    String latin = prefix.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    int open = latin.indexOf('{');
    return open >= 0 && latin.indexOf('}', open + 1) > open + 1;
  }

  private QueryResult invalid(String message) {
    return result.setStatus(Status.STATUS_INVALID).setMessage(message).build();
  }
}
