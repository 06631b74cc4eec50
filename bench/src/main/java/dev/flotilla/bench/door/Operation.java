package dev.flotilla.bench.door;

/**
 * One thing asked of the database. Keys and values are bytes, as they are on the wire; the arrays
 * belong to the operation once it is made and are not changed.
 */
public sealed interface Operation {

  byte[] key();

  /** Sets the key to the value, unconditionally. */
  record Set(byte[] key, byte[] value) implements Operation {}

  /**
   * Reads the key with the default consistency.
   *
   * @param expectedPrefix what the value must begin with; empty = anything
   * @param expectedLength length of the value in bytes; -1 = any. The key must be present.
   */
  record Get(byte[] key, byte[] expectedPrefix, int expectedLength) implements Operation {}

  /** Deletes the key, present or not. */
  record Delete(byte[] key) implements Operation {}
}
