package dev.flotilla.raft.log;

import dev.flotilla.raft.core.HardState;

/**
 * What one replica (a node's part in one group) must never forget, whatever becomes of its log.
 *
 * @param incarnation who this replica is, drawn at random, never 0; another one after it has lost
 *     something, so that nobody takes it for its former self (H50)
 * @param rejoining it took this incarnation because it had lost something, and the group has not
 *     taken it back yet: until a membership binds this incarnation it neither votes nor campaigns
 */
public record ReplicaRecord(long incarnation, boolean rejoining, HardState hardState) {
  public ReplicaRecord {
    if (incarnation == 0) {
      throw new IllegalArgumentException("incarnation 0 means none");
    }
  }
}
