package dev.flotilla.bench.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
  record Get(byte[] key, byte[] expectedPrefix, int expectedLength) implements Operation {

    /** What is wrong with the value that was read; null when it is as expected. */
    public @Nullable Failure judge(byte[] value) {
      boolean right =
          value.length >= expectedPrefix.length
              && (expectedLength < 0 || value.length == expectedLength)
              && Arrays.mismatch(
                      value, 0, expectedPrefix.length, expectedPrefix, 0, expectedPrefix.length)
                  < 0;
      return right
          ? null
          : new Failure("MISMATCH", Outcome.WRONG, new String(value, StandardCharsets.ISO_8859_1));
    }
  }

  /** Deletes the key, present or not. */
  record Delete(byte[] key) implements Operation {}
}
