package dev.flotilla.raft.core;

/**
 * Which replica of a node this is (H50).
 *
 * @param incarnation drawn at random when the replica was first made, never 0; 0 only where nobody
 *     keeps identities
 * @param reborn this replica took the place of an earlier one of the same node and knows it: it has
 *     lost or given up what that one promised, and neither votes nor campaigns before a membership
 *     binds the node to it. A replica with a fresh folder cannot know, and need not: where the
 *     group is bound to the earlier one it is not listened to
 */
public record ReplicaIdentity(long incarnation, boolean reborn) {
  /** A replica of nobody in particular. */
  public static final ReplicaIdentity NONE = new ReplicaIdentity(0, false);

  public static ReplicaIdentity of(long incarnation) {
    return new ReplicaIdentity(incarnation, false);
  }
}
