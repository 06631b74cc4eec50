package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.slot.Slots;

/**
 * Answers queries from the state as it stands. Ownership is asked here too: a read may come too
 * late for its slot.
 */
final class QueryExecutor {
  private final KvEngine engine;
  private final ReplicatedState state;

  QueryExecutor(KvEngine engine, ReplicatedState state) {
    this.engine = engine;
    this.state = state;
  }

  QueryResult execute(byte[] bytes) {
    Query query;
    try {
      query = Query.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return invalid("not a query");
    }
    return switch (query.getOpCase()) {
      case GET -> get(query.getGet());
      case LIST -> new KeyListing(engine, state, query.getList()).run();
      case OP_NOT_SET -> invalid("no query this version knows");
    };
  }

  private QueryResult get(Get get) {
    ByteString key = get.getKey();
    if (key.isEmpty()) {
      return invalid("the key is empty");
    }
    int slot = Slots.of(key.toByteArray());
    QueryResult.Builder result = result(state, Status.STATUS_OK);
    if (!state.slotTable().owns(slot)) {
      return result.setStatus(Status.STATUS_WRONG_SHARD).build();
    }
    byte[] stored = engine.get(Keys.data(slot, key));
    DataRecord datum = stored == null ? null : DataRecord.parse(stored);
    if (datum == null || !datum.isLive(state.clockMillis())) {
      return result.setStatus(Status.STATUS_NOT_FOUND).build();
    }
    if (!get.getOmitValue()) {
      result.setValue(datum.value());
    }
    return result.setRevision(datum.revision()).setExpiresAtMillis(datum.expiresAtMillis()).build();
  }

  static QueryResult.Builder result(ReplicatedState state, Status status) {
    return QueryResult.newBuilder()
        .setStatus(status)
        .setEpoch(state.slotTable().epoch())
        .setClockMillis(state.clockMillis());
  }

  private QueryResult invalid(String message) {
    return result(state, Status.STATUS_INVALID).setMessage(message).build();
  }
}
