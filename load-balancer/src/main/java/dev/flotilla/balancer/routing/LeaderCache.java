package dev.flotilla.balancer.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * Who leads which group, as far as we know. Knowledge of a higher term replaces that of a lower
 * one, never the other way round: hints arrive late and out of order, and an old one would send
 * requests to a deposed leader.
 *
 * <p>Only what names a leader counts. That some node is in a higher term proves nothing: it may be
 * a candidate that only we can reach, while the leader of the lower term still serves.
 */
final class LeaderCache {
  private static final int NOBODY = 0;

  private final Cache<Integer, Leader> leaders;

  LeaderCache(int mostGroups) {
    // Maintenance on the calling thread: no pool of Caffeine's own, so that a simulation stays
    // deterministic.
    leaders = Caffeine.newBuilder().maximumSize(mostGroups).executor(Runnable::run).build();
  }

  /** The group's leader; null = not known. */
  @Nullable Leader get(int group) {
    Leader leader = leaders.getIfPresent(group);
    return leader == null || leader.node() == NOBODY ? null : leader;
  }

  /** The newest term heard of; 0 = none. */
  long term(int group) {
    Leader leader = leaders.getIfPresent(group);
    return leader == null ? 0 : leader.term();
  }

  /**
   * Takes note of a leader. A term has one leader at most, so that within a term only a forgotten
   * leader is ever replaced.
   *
   * @return whether this changed what {@link #get} says
   */
  boolean learn(int group, Leader heard) {
    Leader before = leaders.getIfPresent(group);
    if (heard.equals(before)) {
      return false;
    }
    Leader after =
        leaders
            .asMap()
            .merge(group, heard, (known, offered) -> replaces(offered, known) ? offered : known);
    return heard.equals(after);
  }

  private static boolean replaces(Leader offered, Leader known) {
    return offered.term() > known.term()
        || (offered.term() == known.term() && known.node() == NOBODY);
  }

  /**
   * This leader no longer answers or leads. Its term stays known; newer knowledge stays untouched.
   */
  void forget(int group, Leader gone) {
    leaders
        .asMap()
        .computeIfPresent(
            group, (id, known) -> known.equals(gone) ? new Leader(NOBODY, known.term()) : known);
  }
}
