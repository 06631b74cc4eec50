package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Effect.RoleChanged;
import java.util.HashMap;
import java.util.Map;

/**
 * Which of a replica's changes of role are worth a line in the node's log. A replica that nobody
 * lets campaign is follower and pre-candidate by turns, without end and without a new term: that is
 * said once a minute, not with every turn. The loop's thread only.
 */
final class RoleNews {
  private static final long AGAIN_AFTER_NANOS = 60_000_000_000L;

  /** A role by its place among the roles: an enum's own hash differs from process to process. */
  private record Said(int role, int leader) {}

  /** What was said of the current term, and when: a handful, since a term has one leader. */
  private final Map<Said, Long> said = new HashMap<>();

  private long term;
  private long passedOver;

  /** Whether to tell of a change. */
  boolean isNews(RoleChanged change, long nowNanos) {
    if (change.term() != term) {
      term = change.term();
      said.clear();
    }
    Said what = new Said(change.role().ordinal(), change.leader());
    Long saidNanos = said.get(what);
    if (saidNanos != null && nowNanos - saidNanos < AGAIN_AFTER_NANOS) {
      passedOver++;
      return false;
    }
    said.put(what, nowNanos);
    return true;
  }

  /** How many changes were not told since this was last asked. */
  long takePassedOver() {
    long count = passedOver;
    passedOver = 0;
    return count;
  }
}
