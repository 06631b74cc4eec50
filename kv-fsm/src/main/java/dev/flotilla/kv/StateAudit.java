package dev.flotilla.kv;

import dev.flotilla.kv.engine.KvEngine;

/**
 * The figures a state machine keeps up incrementally, found again by reading everything. For tests
 * and the simulator: they must agree at every position.
 *
 * @param stateHash as {@link KvStateMachine#stateHash()}
 * @param keys as {@link KvStats#keys()}
 * @param keyBytes as {@link KvStats#keyBytes()}
 * @param expiryIndexed sum of the hashes of the index entries that are there
 * @param expiryExpected sum of the hashes of the index entries that the records call for
 */
public record StateAudit(
    long stateHash, long keys, long keyBytes, long expiryIndexed, long expiryExpected) {
  private static final byte[] EMPTY = new byte[0];

  /** Whether the derived expiry index fits the records. */
  public boolean expiryIndexFits() {
    return expiryIndexed == expiryExpected;
  }

  static StateAudit of(KvEngine engine, ReplicatedState state) {
    Sums sums = new Sums();
    engine.scan(EMPTY, sums::visit);
    return new StateAudit(
        StateDigest.ofState(sums.digest, state.clockMillis(), state.slotTable().encode()),
        sums.keys,
        sums.keyBytes,
        sums.indexed,
        sums.expected);
  }

  private static final class Sums {
    private long digest;
    private long keys;
    private long keyBytes;
    private long indexed;
    private long expected;

    boolean visit(byte[] key, byte[] value) {
      int slot = Keys.slotOf(key);
      if (slot == Keys.GROUP) {
        return false;
      }
      if (slot == Keys.EXPIRY) {
        indexed += StateDigest.change(key, null, value);
        return true;
      }
      digest += StateDigest.change(key, null, value);
      switch (Keys.typeOf(key)) {
        case Keys.TYPE_SLOT -> {}
        case Keys.TYPE_SESSION -> expect(Session.decode(value).indexedAtMillis(), key);
        case Keys.TYPE_DATA -> {
          DataRecord datum = DataRecord.parse(value);
          keys++;
          keyBytes += Keys.userKeyBytes(key) + datum.valueBytes();
          if (datum.expiresAtMillis() != 0) {
            expect(datum.expiresAtMillis(), key);
          }
        }
        default -> throw new IllegalStateException("unknown type " + Keys.typeOf(key));
      }
      return true;
    }

    private void expect(long atMillis, byte[] key) {
      expected += StateDigest.change(Keys.expiry(atMillis, key), null, EMPTY);
    }
  }
}
