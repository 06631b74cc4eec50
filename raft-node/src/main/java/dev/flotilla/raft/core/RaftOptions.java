package dev.flotilla.raft.core;

/**
 * Timings and limits of one group. All times in nanoseconds of the monotonic clock.
 *
 * @param heartbeatNanos pause between a leader's heartbeats
 * @param electionTimeoutMinNanos a follower waits between this and the maximum, drawn anew each
 *     time; also how long it refuses to help depose a leader it hears from (thesis 4.2.3, 9.6)
 * @param electionTimeoutMaxNanos upper end of the draw
 * @param leaderLostElectionNanos upper end of the draw once the connection to the leader broke: the
 *     hint only shortens the wait, safety never rests on it
 * @param maxAppendBytes most bytes of entries in one AppendRequest
 * @param maxInflightBytes most unacknowledged bytes sent to one follower
 * @param maxInflightAppends most unacknowledged AppendRequests to one follower
 * @param maxUncommittedBytes a leader refuses proposals beyond this backlog (H52)
 * @param maxCachedBytes most bytes of the log's tail kept in memory
 * @param transferTimeoutNanos a leadership transfer that takes longer is given up (H51)
 * @param leaseReads whether lease reads may be answered without a quorum round
 * @param leaseMarginNanos how much shorter than the minimum election timeout a lease is
 */
public record RaftOptions(
    long heartbeatNanos,
    long electionTimeoutMinNanos,
    long electionTimeoutMaxNanos,
    long leaderLostElectionNanos,
    int maxAppendBytes,
    int maxInflightBytes,
    int maxInflightAppends,
    long maxUncommittedBytes,
    long maxCachedBytes,
    long transferTimeoutNanos,
    boolean leaseReads,
    long leaseMarginNanos) {

  private static final long MILLIS = 1_000_000L;

  public static final RaftOptions DEFAULT =
      new RaftOptions(
          50 * MILLIS,
          500 * MILLIS,
          1_000 * MILLIS,
          150 * MILLIS,
          1 << 20,
          8 << 20,
          256,
          32L << 20,
          8L << 20,
          1_000 * MILLIS,
          false,
          100 * MILLIS);

  public RaftOptions {
    if (heartbeatNanos <= 0
        || electionTimeoutMinNanos < 2 * heartbeatNanos
        || electionTimeoutMaxNanos <= electionTimeoutMinNanos) {
      throw new IllegalArgumentException(
          "election timeout must be at least two heartbeats and its maximum above its minimum");
    }
    if (maxAppendBytes <= 0 || maxInflightBytes < maxAppendBytes || maxInflightAppends < 1) {
      throw new IllegalArgumentException("append and in-flight limits must be positive and nested");
    }
  }
}
