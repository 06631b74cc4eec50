package dev.flotilla.kv.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operations that take effect together, in the order they were added. */
public final class KvBatch implements KvWrites {
  private enum Kind {
    PUT,
    DELETE,
    DELETE_RANGE
  }

  private static final byte[] NOTHING = new byte[0];

  // Three lists in step instead of one of objects: a batch is filled and emptied once per apply.
  private final List<Kind> kinds = new ArrayList<>();
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> seconds = new ArrayList<>();

  public KvBatch put(byte[] key, byte[] value) {
    return add(Kind.PUT, key, value);
  }

  /** Deletes a key; nothing happens when it is absent. */
  public KvBatch delete(byte[] key) {
    return add(Kind.DELETE, key, NOTHING);
  }

  /**
   * Deletes every key in {@code [from, to)}, those put earlier in this batch included; an empty
   * range is legal.
   */
  public KvBatch deleteRange(byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return this;
    }
    return add(Kind.DELETE_RANGE, from, to);
  }

  @Override
  public boolean isEmpty() {
    return kinds.isEmpty();
  }

  public int size() {
    return kinds.size();
  }

  public void clear() {
    kinds.clear();
    keys.clear();
    seconds.clear();
  }

  @Override
  public void playInto(Sink sink) {
    for (int i = 0; i < kinds.size(); i++) {
      switch (kinds.get(i)) {
        case PUT -> sink.put(keys.get(i), seconds.get(i));
        case DELETE -> sink.delete(keys.get(i));
        case DELETE_RANGE -> sink.deleteRange(keys.get(i), seconds.get(i));
      }
    }
  }

  private KvBatch add(Kind kind, byte[] key, byte[] second) {
    kinds.add(kind);
    keys.add(key);
    seconds.add(second);
    return this;
  }
}
