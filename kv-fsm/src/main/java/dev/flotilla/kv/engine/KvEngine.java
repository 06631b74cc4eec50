package dev.flotilla.kv.engine;

import org.jspecify.annotations.Nullable;

/**
 * An ordered store of byte strings, keys compared as unsigned bytes. One thread at a time.
 *
 * <p>Writes are atomic but not durable: after a crash the store stands as some earlier {@link
 * #write} left it, at or after the last {@link #flush}, never between two writes and never with a
 * part of one (H36). Whoever needs the lost tail replays it.
 *
 * <p>Every method throws {@link EngineException} when the disk fails; the engine is of no use after
 * that. A write or an install for which there is only no room throws {@link
 * dev.flotilla.raft.fsm.NoRoomException}: nothing has changed, and everything can be read. Arrays
 * handed in or out are not changed by either side.
 */
public interface KvEngine extends AutoCloseable {

  /** Sees entries in the order of their keys. */
  @FunctionalInterface
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(byte[] key, byte[] value);
  }

  /** The value under a key, or null. */
  byte @Nullable [] get(byte[] key);

  /**
   * Visits what is stored from a key (inclusive) on, until the visitor has enough. The visitor must
   * not write to the engine.
   */
  void scan(byte[] from, Visitor visitor);

  /** Makes all of the operations visible together, or none of them. */
  void write(KvWrites writes);

  /** Returns when everything written so far is durable. */
  void flush();

  /**
   * Has everything written so far made durable, without waiting for it where that is possible.
   *
   * @param durable called when it is, by any thread; not at all should there be no room for it
   */
  default void flushBehind(Runnable durable) {
    flush();
    durable.run();
  }

  /**
   * Writes the store as it stands into a folder that exists and is empty: flat files, each durable
   * on return, as are their names.
   *
   * @param directory a path on the node's disk
   */
  void checkpoint(String directory);

  /**
   * Replaces everything stored by a checkpoint, durably. The checkpoint's files stay; files in the
   * folder that no checkpoint makes are ignored. A crash leaves the old or the new content, and the
   * call can be repeated.
   *
   * @throws EngineException also when the checkpoint is damaged; the old content is then still
   *     there
   */
  void install(String directory);

  /**
   * Releases memory and files. Does not flush: to a later opening this is no different from a
   * crash.
   */
  @Override
  void close();
}
