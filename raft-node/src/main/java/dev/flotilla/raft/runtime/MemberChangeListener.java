package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersProgress;

/**
 * Hears how a change of members goes: any number of steps, and exactly one end (DONE, NOT_APPLIED
 * or UNKNOWN), which is the last call. Called on the loop's thread, or before {@code changeMembers}
 * returns when the node takes no questions; must not block.
 */
@FunctionalInterface
public interface MemberChangeListener {
  void progress(ChangeMembersProgress progress);
}
