package dev.flotilla.raft.core;

/**
 * Tells the node what changed for good in a step: transitions passed through within the step are
 * not told.
 */
final class Announcements {
  private final ReplicaState replica;
  private Role role;
  private long term;
  private int leader;
  private Membership membership;

  Announcements(ReplicaState replica) {
    this.replica = replica;
    role = replica.role;
    term = replica.term();
    leader = replica.leader;
    membership = replica.memberships.effective();
  }

  void announceChanges() {
    if (role != replica.role || term != replica.term() || leader != replica.leader) {
      role = replica.role;
      term = replica.term();
      leader = replica.leader;
      replica.out.emit(new Effect.RoleChanged(role, term, leader));
    }
    if (membership != replica.memberships.effective()) {
      membership = replica.memberships.effective();
      replica.out.emit(
          new Effect.MembershipChanged(membership, replica.memberships.effectiveIndex()));
    }
  }
}
