package dev.flotilla.raft.core;

/** The changes of role. They touch several topics, so the topics ask for them here. */
interface RoleChange {
  /**
   * Becomes a follower (or learner) of {@code term}, which is the current one or a later one.
   *
   * @param leader its leader, 0 when unknown
   */
  void toFollower(long term, int leader);

  void toPreCandidate();

  /** Enters the next term and votes for itself. */
  void toCandidate();

  /** The campaign of the current term was won. */
  void toLeader();
}
