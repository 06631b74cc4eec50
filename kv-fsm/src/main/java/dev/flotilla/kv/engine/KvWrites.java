package dev.flotilla.kv.engine;

/** Operations that take effect together, in the order they are played. */
public interface KvWrites {

  /** What operations are played into. */
  interface Sink {
    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    void deleteRange(byte[] from, byte[] to);
  }

  boolean isEmpty();

  /** Plays the operations in order; the same ones every time it is called. */
  void playInto(Sink sink);
}
