package dev.flotilla.bench.ledger;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a ledger is written.
 *
 * @param balancer the form door; any balancer will do
 * @param run a name that no other run on the same database has; part of every key and client id
 * @param groups how many groups there must be writers for
 * @param workersPerGroup writers for each group; a group's recovery can only be seen as finely as
 *     its writers try
 * @param valueBytes length of the values, 64 or more
 * @param pause between a worker's writes; bounds the size of the ledger
 * @param retryPause between two attempts of one write
 * @param answerTimeout how long an attempt waits for its answer
 * @param giveUp a write still without an answer after so long stays open for good, and its worker
 *     goes on under a new client id
 * @param maxWritesPerWorker a worker stops there; bounds memory
 */
public record LedgerOptions(
    InetSocketAddress balancer,
    String run,
    int groups,
    int workersPerGroup,
    int valueBytes,
    Duration pause,
    Duration retryPause,
    Duration answerTimeout,
    Duration giveUp,
    int maxWritesPerWorker) {

  private static final int MIN_VALUE_BYTES = 64;

  public LedgerOptions {
    if (groups < 1 || workersPerGroup < 1 || maxWritesPerWorker < 1) {
      throw new IllegalArgumentException("groups, workers and writes are one or more");
    }
    if (valueBytes < MIN_VALUE_BYTES) {
      throw new IllegalArgumentException("values have " + MIN_VALUE_BYTES + " bytes or more");
    }
    if (!run.matches("[A-Za-z0-9-]{1,24}")) {
      throw new IllegalArgumentException("a run's name is 1 to 24 letters, digits and dashes");
    }
  }

  /** Three groups with four workers each, 128-byte values, about a thousand writes a second. */
  public static LedgerOptions defaults(InetSocketAddress balancer, String run) {
    return new LedgerOptions(
        balancer,
        run,
        3,
        4,
        128,
        Duration.ofMillis(10),
        Duration.ofMillis(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        2_000_000);
  }
}
