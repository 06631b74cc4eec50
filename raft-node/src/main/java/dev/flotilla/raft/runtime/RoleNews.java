package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Effect.RoleChanged;
import dev.flotilla.raft.core.Role;
import java.util.EnumMap;
import java.util.TreeMap;

/**
 * Which of a replica's changes of role are worth a line in the node's log. A replica that nobody
 * lets campaign is follower and pre-candidate by turns, without end and without a new term: that is
 * said once a minute, not with every turn. The loop's thread only.
 */
final class RoleNews {
  private static final long AGAIN_AFTER_NANOS = 60_000_000_000L;

  /** When a role under a leader was told of in the current term, which has one leader or none. */
  private final EnumMap<Role, TreeMap<Integer, Long>> said = new EnumMap<>(Role.class);

  private long term;
  private long passedOver;

  /** Whether to tell of a change. */
  boolean isNews(RoleChanged change, long nowNanos) {
    if (change.term() != term) {
      term = change.term();
      said.clear();
    }
    TreeMap<Integer, Long> byLeader = said.computeIfAbsent(change.role(), role -> new TreeMap<>());
    Long saidNanos = byLeader.get(change.leader());
    if (saidNanos != null && nowNanos - saidNanos < AGAIN_AFTER_NANOS) {
      passedOver++;
      return false;
    }
    byLeader.put(change.leader(), nowNanos);
    return true;
  }

  /** How many changes were not told since this was last asked. */
  long takePassedOver() {
    long count = passedOver;
    passedOver = 0;
    return count;
  }
}
