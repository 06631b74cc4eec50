package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Standing;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A replica's membership in the words of the admin protocol. */
final class MembersReport {
  private MembersReport() {}

  /**
   * @param addresses where nodes are by configuration, which knows better than a membership written
   *     long ago
   */
  static void add(ReplicaStatus.Builder status, CoreStatus core, Map<Integer, String> addresses) {
    status
        .setIncarnation(core.incarnation())
        .setStanding(standing(core.standing()))
        .setMembershipIndex(core.membershipIndex())
        .setMembershipTerm(core.membershipTerm())
        .setMembershipSettled(core.membershipSettled());
    for (int node : core.membership().all()) {
      status.addMembers(member(core, node, addresses));
    }
  }

  private static MemberStatus member(CoreStatus core, int node, Map<Integer, String> addresses) {
    Membership membership = core.membership();
    Member known = membership.member(node);
    MemberStatus.Builder member =
        MemberStatus.newBuilder()
            .setNode(node)
            .setVoter(membership.isVoter(node))
            .setLeaving(membership.isVoter(node) && !membership.voters().contains(node))
            .setIncarnation(known.incarnation())
            .setAddress(addressOf(known, addresses.get(node)))
            .setPromote(known.promote())
            .setReplaces(known.replaces());
    for (CoreStatus.PeerStatus peer : core.peers()) {
      if (peer.node() == node) {
        member.setStranger(peer.stranger()).setCaughtUp(peer.caughtUp());
      }
    }
    return member.build();
  }

  private static String addressOf(Member member, @Nullable String configured) {
    return configured == null ? member.address() : configured;
  }

  private static dev.flotilla.proto.admin.v1.Standing standing(Standing standing) {
    return switch (standing) {
      case MEMBER -> dev.flotilla.proto.admin.v1.Standing.STANDING_MEMBER;
      case JOINING -> dev.flotilla.proto.admin.v1.Standing.STANDING_JOINING;
      case REPLACED -> dev.flotilla.proto.admin.v1.Standing.STANDING_REPLACED;
      case REMOVED -> dev.flotilla.proto.admin.v1.Standing.STANDING_REMOVED;
    };
  }
}
