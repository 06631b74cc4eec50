package dev.flotilla.bench.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
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
   * Sets the key to the value if its revision is still this one; when it is not, that is a {@link
   * Failure#conflict conflict}. Not every door knows revisions.
   */
  record SetIf(byte[] key, byte[] value, long revision) implements Operation {}

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

  /**
   * Lists some keys, without their values. Not every door can.
   *
   * @param key the prefix of the keys to list
   * @param limit most keys to list
   * @param cursor where an earlier list ended; empty = from the beginning
   * @param onEnd told where this one ended, null when there are no more keys; called by the thread
   *     that polls, before the operation succeeds
   */
  record Scan(byte[] key, int limit, String cursor, Consumer<@Nullable String> onEnd)
      implements Operation {}
}
