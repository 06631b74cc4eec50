package dev.flotilla.launcher.members;

import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A group's members, by the replica that knows best: the leader of the highest term if one answers,
 * else the replica with the newest membership.
 *
 * @param leader 0 when none answers
 * @param leaderAddress host:port; empty when none answers
 * @param settled whether no change is under way
 * @param members ascending by node
 */
public record GroupMembers(
    int group, int leader, String leaderAddress, long term, boolean settled, List<Member> members) {

  /**
   * @param leaving still a voter, in the outgoing half of a joint membership
   * @param match entries of the leader's log the member is known to hold; -1 when nobody knows
   * @param lag entries it lacks; -1 when nobody knows
   * @param sinceContactMillis since it last answered the leader; -1 when nobody knows
   */
  public record Member(
      int node,
      boolean voter,
      boolean leaving,
      String address,
      long match,
      long lag,
      long sinceContactMillis) {}

  /**
   * @param statuses by the address each was asked at
   */
  public static Optional<GroupMembers> of(int group, Map<String, NodeStatus> statuses) {
    NodeStatus best = null;
    ReplicaStatus bestReplica = null;
    String bestAddress = "";
    for (Map.Entry<String, NodeStatus> asked : statuses.entrySet()) {
      for (ReplicaStatus replica : asked.getValue().getReplicasList()) {
        if (replica.getGroup() == group && knowsMore(replica, bestReplica)) {
          best = asked.getValue();
          bestReplica = replica;
          bestAddress = asked.getKey();
        }
      }
    }
    if (best == null || bestReplica == null || bestReplica.getMembersCount() == 0) {
      return Optional.empty();
    }
    boolean leads = bestReplica.getRole() == Role.ROLE_LEADER;
    List<Member> members = new ArrayList<>();
    for (MemberStatus member : bestReplica.getMembersList()) {
      members.add(member(member, best.getNode(), leads, bestReplica));
    }
    return Optional.of(
        new GroupMembers(
            group,
            leads ? best.getNode() : 0,
            leads ? bestAddress : "",
            bestReplica.getTerm(),
            bestReplica.getMembershipSettled(),
            List.copyOf(members)));
  }

  private static boolean knowsMore(ReplicaStatus offered, @Nullable ReplicaStatus known) {
    if (known == null) {
      return true;
    }
    boolean leads = offered.getRole() == Role.ROLE_LEADER;
    if (leads != (known.getRole() == Role.ROLE_LEADER)) {
      return leads;
    }
    if (leads) {
      return offered.getTerm() > known.getTerm();
    }
    return offered.getMembershipTerm() > known.getMembershipTerm()
        || (offered.getMembershipTerm() == known.getMembershipTerm()
            && offered.getMembershipIndex() > known.getMembershipIndex());
  }

  private static Member member(
      MemberStatus member, int self, boolean leads, ReplicaStatus replica) {
    long match = -1;
    long sinceContact = -1;
    if (leads && member.getNode() == self) {
      match = replica.getLastIndex();
      sinceContact = 0;
    }
    for (PeerProgress peer : replica.getPeersList()) {
      if (peer.getNode() == member.getNode()) {
        match = peer.getMatchIndex();
        sinceContact = peer.getSinceContactMillis();
      }
    }
    return new Member(
        member.getNode(),
        member.getVoter(),
        member.getLeaving(),
        member.getAddress(),
        match,
        match < 0 ? -1 : Math.max(0, replica.getLastIndex() - match),
        sinceContact);
  }

  public boolean isVoter(int node) {
    return members.stream()
        .anyMatch(member -> member.node() == node && member.voter() && !member.leaving());
  }

  public boolean contains(int node) {
    return members.stream().anyMatch(member -> member.node() == node);
  }

  /** Nodes that vote now and will when the change under way, if any, is done. */
  public Set<Integer> voters() {
    Set<Integer> voters = new TreeSet<>();
    members.stream()
        .filter(member -> member.voter() && !member.leaving())
        .forEach(member -> voters.add(member.node()));
    return voters;
  }

  public Set<Integer> learners() {
    Set<Integer> learners = new TreeSet<>();
    members.stream()
        .filter(member -> !member.voter())
        .forEach(member -> learners.add(member.node()));
    return learners;
  }
}
