package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import java.util.Map;

/**
 * @param node this node's id, from 1
 * @param name its name for people, as in n1
 * @param clusterId nodes and clients of other clusters are refused
 * @param addresses advertised gRPC address (host:port) of the nodes that are configured, by id
 */
public record NodeOptions(
    int node,
    String name,
    String clusterId,
    Map<Integer, String> addresses,
    RaftOptions raft,
    WalOptions wal,
    SnapshotExchange.Options snapshots,
    Limits limits) {

  /**
   * Where a node is: as configured, where it is, for that is what somebody may have changed since
   * its address was written into a membership.
   *
   * @param advertised what the membership says, may be empty
   */
  String addressOf(int otherNode, String advertised) {
    return addresses.getOrDefault(otherNode, advertised);
  }

  /**
   * @param maxMailboxBytes client requests waiting for the loop; beyond it OVERLOADED at once
   * @param maxMailboxRequests same, counted
   * @param maxPeerBytes peers' messages waiting for the loop; beyond it they are dropped
   * @param maxCommandBytes a larger command is refused with TOO_LARGE
   * @param maxEntryBytes commands of one pass share an entry up to this size
   * @param compactBytes a group's log is compacted when it has grown by this much since the last
   *     time
   * @param compactEntries same, in entries
   * @param keepBytes what compaction leaves for slow followers
   * @param maxWalBytes the whole node's log; beyond it the group holding the oldest segment is
   *     compacted (H53)
   * @param defaultTimeoutMillis for requests that name none
   * @param diskReserveBytes with less than this left on disk, a leader refuses commands
   */
  public record Limits(
      long maxMailboxBytes,
      int maxMailboxRequests,
      long maxPeerBytes,
      int maxCommandBytes,
      int maxEntryBytes,
      long compactBytes,
      long compactEntries,
      long keepBytes,
      long maxWalBytes,
      int defaultTimeoutMillis,
      long diskReserveBytes) {
    /**
     * What is kept free for the log, compaction and snapshots unless something else is asked for.
     */
    public static final long DEFAULT_DISK_RESERVE_BYTES = 64L << 20;

    public static final Limits DEFAULT =
        new Limits(
            64L << 20,
            16_384,
            64L << 20,
            (1 << 20) + (16 << 10),
            256 << 10,
            16L << 20,
            50_000,
            4L << 20,
            256L << 20,
            5_000,
            DEFAULT_DISK_RESERVE_BYTES);

    /** With the default disk reserve. */
    public Limits(
        long maxMailboxBytes,
        int maxMailboxRequests,
        long maxPeerBytes,
        int maxCommandBytes,
        int maxEntryBytes,
        long compactBytes,
        long compactEntries,
        long keepBytes,
        long maxWalBytes,
        int defaultTimeoutMillis) {
      this(
          maxMailboxBytes,
          maxMailboxRequests,
          maxPeerBytes,
          maxCommandBytes,
          maxEntryBytes,
          compactBytes,
          compactEntries,
          keepBytes,
          maxWalBytes,
          defaultTimeoutMillis,
          DEFAULT_DISK_RESERVE_BYTES);
    }
  }
}
