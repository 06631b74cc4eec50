package dev.flotilla.raft.core;

/** How a replica stands to its group, by the memberships it knows. */
public enum Standing {
  MEMBER,
  /** Told to join the group, and waits for a membership that holds it. */
  JOINING,
  /**
   * Its node is bound to another replica, or it took the place of one that was lost: it counts for
   * nothing until the leader has let it in.
   */
  REPLACED,
  /** The group goes on without it. */
  REMOVED
}
