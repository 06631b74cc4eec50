package dev.flotilla.kv;

import dev.flotilla.kv.engine.KvBatch;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.kv.engine.MergedScan;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effects of an apply before they are in the engine, laid over it: each command reads what the
 * ones before it in the same batch wrote. Two compare-and-sets on one key in one batch cannot both
 * succeed (H37).
 */
final class StagedWrites {
  private static final byte[] DELETED = new byte[0];

  private final KvEngine engine;
  private final NavigableMap<byte[], byte[]> staged = new TreeMap<>(Arrays::compareUnsigned);
  private final KvBatch batch = new KvBatch();

  StagedWrites(KvEngine engine) {
    this.engine = engine;
  }

  byte @Nullable [] get(byte[] key) {
    byte[] value = staged.get(key);
    if (value == null) {
      return engine.get(key);
    }
    return isDeleted(value) ? null : value;
  }

  void put(byte[] key, byte[] value) {
    staged.put(key, value);
  }

  void delete(byte[] key) {
    staged.put(key, DELETED);
  }

  /** Visits engine and staged entries merged, from a key (inclusive) on. */
  void scan(byte[] from, KvEngine.Visitor visitor) {
    MergedScan.scan(
        staged.tailMap(from, true).entrySet().iterator(),
        DELETED,
        lower -> engine.scan(from, lower),
        visitor);
  }

  /** Writes all of it to the engine in one batch. */
  void commit() {
    for (Map.Entry<byte[], byte[]> entry : staged.entrySet()) {
      if (isDeleted(entry.getValue())) {
        batch.delete(entry.getKey());
      } else {
        batch.put(entry.getKey(), entry.getValue());
      }
    }
    engine.write(batch);
    batch.clear();
    staged.clear();
  }

  /** Drops all of it; the engine was not touched. */
  void discard() {
    batch.clear();
    staged.clear();
  }

  /** By identity: an empty value is a value. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isDeleted(byte[] value) {
    return value == DELETED;
  }
}
