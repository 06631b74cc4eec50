package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kv.v1.Condition;
import org.jspecify.annotations.Nullable;

/** The keys and values: conditional put and delete, expiry. */
final class KeySpace {
  private final ReplicatedState state;
  private final ExpiryIndex expiry;

  KeySpace(ReplicatedState state, ExpiryIndex expiry) {
    this.state = state;
    this.expiry = expiry;
  }

  Reply.Done put(int slot, byte[] key, ByteString value, Condition condition, long ttlMillis) {
    DataRecord stored = stored(key);
    DataRecord current = live(stored);
    if (!holds(condition, current)) {
      return conditionFailed(current);
    }
    long revision = state.nextRevision(slot);
    long createRevision = current == null ? revision : current.createRevision();
    long expiresAtMillis = ttlMillis == 0 ? 0 : state.clockMillis() + ttlMillis;
    unindex(key, stored);
    state.replaceDatum(
        key, stored, DataRecord.encode(revision, createRevision, expiresAtMillis, value));
    if (expiresAtMillis != 0) {
      expiry.add(expiresAtMillis, key);
    }
    return new Reply.Done(Reply.Done.Code.OK, revision, current != null);
  }

  /** Deleting what is absent is no effect and takes no revision. */
  Reply.Done delete(int slot, byte[] key, Condition condition) {
    DataRecord stored = stored(key);
    DataRecord current = live(stored);
    if (!holds(condition, current)) {
      return conditionFailed(current);
    }
    if (current == null) {
      return new Reply.Done(Reply.Done.Code.OK, 0, false);
    }
    long revision = state.nextRevision(slot);
    unindex(key, stored);
    state.replaceDatum(key, stored, null);
    return new Reply.Done(Reply.Done.Code.OK, revision, true);
  }

  /**
   * Removes a key whose index entry fell due. It has been absent to everyone since; nothing else
   * changes.
   */
  void sweep(ExpiryIndex.Due due) {
    DataRecord stored = stored(due.recordKey());
    if (stored == null || stored.expiresAtMillis() != due.atMillis()) {
      throw new IllegalStateException("the expiry index names a key that does not expire then");
    }
    unindex(due.recordKey(), stored);
    state.replaceDatum(due.recordKey(), stored, null);
  }

  private @Nullable DataRecord stored(byte[] key) {
    byte[] record = state.get(key);
    return record == null ? null : DataRecord.parse(record);
  }

  private @Nullable DataRecord live(@Nullable DataRecord stored) {
    return stored != null && stored.isLive(state.clockMillis()) ? stored : null;
  }

  private void unindex(byte[] key, @Nullable DataRecord stored) {
    if (stored != null && stored.expiresAtMillis() != 0) {
      expiry.remove(stored.expiresAtMillis(), key);
    }
  }

  private static boolean holds(Condition condition, @Nullable DataRecord current) {
    return switch (condition.getTestCase()) {
      case TEST_NOT_SET -> true;
      case REVISION_IS -> current != null && current.revision() == condition.getRevisionIs();
      case ABSENT -> current == null;
      case PRESENT -> current != null;
    };
  }

  private static Reply.Done conditionFailed(@Nullable DataRecord current) {
    return new Reply.Done(
        Reply.Done.Code.CONDITION_FAILED,
        current == null ? 0 : current.revision(),
        current != null);
  }
}
