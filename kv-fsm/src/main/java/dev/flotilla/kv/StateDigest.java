package dev.flotilla.kv;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a set of records: the sum modulo 2^64 of the records' XXH3-64 hashes. A sum, because
 * then replacing one record changes it by a difference and needs no second look at the others, and
 * because the order of records does not matter. It finds replicas that drifted apart; it is no
 * defence against somebody who wants it to collide.
 */
final class StateDigest {
  private static final Hasher64 XXH3 = Hashing.xxh3_64();

  private StateDigest() {}

  /** What replacing a record adds to the digest; null = absent. */
  static long change(byte[] key, byte @Nullable [] before, byte @Nullable [] after) {
    long keyHash = XXH3.hashBytesToLong(key);
    long change = 0;
    if (before != null) {
      change -= XXH3.hashLongLongToLong(keyHash, XXH3.hashBytesToLong(before));
    }
    if (after != null) {
      change += XXH3.hashLongLongToLong(keyHash, XXH3.hashBytesToLong(after));
    }
    return change;
  }

  /** The hash of the whole state: the records', the clock and the assignment. */
  static long ofState(long digest, long clockMillis, byte[] slotTable) {
    return XXH3.hashLongLongLongToLong(digest, clockMillis, XXH3.hashBytesToLong(slotTable));
  }
}
