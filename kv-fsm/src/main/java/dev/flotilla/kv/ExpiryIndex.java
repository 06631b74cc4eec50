package dev.flotilla.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Records in the order they fall due. Derived from the records, so it counts in no digest.
 *
 * <p>Remembers a lower bound of the earliest entry: the usual answer to "is anything due" costs no
 * read, and a scan does not walk over the tombstones of entries swept before.
 */
final class ExpiryIndex {
  private static final byte[] EMPTY = new byte[0];

  /** An entry of the index. */
  record Due(long atMillis, byte[] recordKey) {}

  private final StagedWrites staged;

  /** No entry is earlier; MAX_VALUE when there is none. */
  private long floorMillis;

  /** The floor is an entry's time, or there is no entry. */
  private boolean floorExact;

  ExpiryIndex(StagedWrites staged) {
    this.staged = staged;
  }

  /** Forgets what is remembered of the engine, whose content was replaced. */
  void load() {
    floorMillis = 0;
    floorExact = false;
  }

  void add(long atMillis, byte[] recordKey) {
    staged.put(Keys.expiry(atMillis, recordKey), EMPTY);
    if (atMillis <= floorMillis) {
      floorMillis = atMillis;
      floorExact = true;
    }
  }

  void remove(long atMillis, byte[] recordKey) {
    staged.delete(Keys.expiry(atMillis, recordKey));
    if (atMillis == floorMillis) {
      floorExact = false;
    }
  }

  /** The earliest entries that are due at a time, in order. */
  List<Due> due(long clockMillis, int limit) {
    if (clockMillis < floorMillis) {
      return List.of();
    }
    List<Due> due = new ArrayList<>();
    floorExact = true;
    long from = floorMillis;
    floorMillis = Long.MAX_VALUE;
    staged.scan(
        Keys.expiryFrom(from),
        (key, value) -> {
          if (Keys.slotOf(key) != Keys.EXPIRY) {
            return false;
          }
          long atMillis = Keys.expiryMillis(key);
          floorMillis = Math.min(floorMillis, atMillis);
          if (atMillis > clockMillis || due.size() == limit) {
            return false;
          }
          due.add(new Due(atMillis, Keys.expiringRecord(key)));
          return true;
        });
    return due;
  }

  /** When the earliest entry falls due. */
  OptionalLong earliestMillis() {
    if (!floorExact) {
      due(Math.max(0, floorMillis), 0);
    }
    return floorMillis == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(floorMillis);
  }
}
