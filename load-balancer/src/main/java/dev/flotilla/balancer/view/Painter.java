package dev.flotilla.balancer.view;

import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.view.ClusterPicture.Member;
import dev.flotilla.balancer.view.ClusterPicture.Part;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a picture of what the nodes said. A pure function: what each says of itself counts, and of
 * two that say they lead the one in the newer term.
 */
final class Painter {
  private Painter() {}

  static ClusterPicture paint(
      long atMillis, List<GroupView> views, Map<Integer, Sighting> sightings, Traffic traffic) {
    List<ClusterPicture.Group> groups = new ArrayList<>(views.size());
    for (GroupView view : views) {
      groups.add(group(view, sightings, traffic));
    }
    return new ClusterPicture(atMillis, groups, traffic);
  }

  private static ClusterPicture.Group group(
      GroupView view, Map<Integer, Sighting> sightings, Traffic traffic) {
    ReplicaStatus leader = null;
    int leaderNode = 0;
    long term = view.term();
    for (GroupView.Member member : view.members()) {
      Sighting sighting = sightings.getOrDefault(member.node(), Sighting.NEVER);
      ReplicaStatus replica = replica(sighting, view.id());
      if (replica == null) {
        continue;
      }
      term = Math.max(term, replica.getTerm());
      boolean leads = sighting.answered() && replica.getRole() == Role.ROLE_LEADER;
      if (leads && (leader == null || leader.getTerm() < replica.getTerm())) {
        leader = replica;
        leaderNode = member.node();
      }
    }
    List<Member> members = new ArrayList<>();
    int voters = 0;
    int answering = 0;
    for (GroupView.Member member : view.members()) {
      Sighting sighting = sightings.getOrDefault(member.node(), Sighting.NEVER);
      Member painted = member(view.id(), member, sighting, leader, leaderNode);
      members.add(painted);
      if (member.voter()) {
        voters++;
        answering += counts(painted.part()) ? 1 : 0;
      }
    }
    return new ClusterPicture.Group(
        view.id(),
        view.name(),
        view.slots(),
        leader == null ? null : leaderNode,
        term,
        voters,
        answering,
        traffic.byGroup().getOrDefault(view.id(), Traffic.Rates.NONE),
        members);
  }

  /** Whether a voter of this kind can make up a quorum. */
  private static boolean counts(Part part) {
    return switch (part) {
      case LEADER, FOLLOWER, CANDIDATE, LEARNER -> true;
      case FAILED, JOINING, REPLACED, REMOVED, UNREACHABLE -> false;
    };
  }

  private static Member member(
      int group,
      GroupView.Member member,
      Sighting sighting,
      @Nullable ReplicaStatus leader,
      int leaderNode) {
    ReplicaStatus replica = replica(sighting, group);
    NodeStatus status = sighting.status();
    PeerProgress progress = leader == null ? null : progress(leader, member.node());
    Long lag = null;
    Long sinceContact = null;
    if (leader != null && member.node() == leaderNode) {
      lag = 0L;
      sinceContact = 0L;
    } else if (leader != null && progress != null) {
      lag = Math.max(0, leader.getLastIndex() - progress.getMatchIndex());
      sinceContact = progress.getSinceContactMillis();
    } else if (sighting.answered() && replica != null && replica.hasSinceLeaderContactMillis()) {
      sinceContact = replica.getSinceLeaderContactMillis();
    }
    return new Member(
        member.node(),
        member.address(),
        part(sighting, replica),
        member.voter(),
        replica == null ? 0 : replica.getTerm(),
        replica == null ? 0 : replica.getCommitIndex(),
        replica == null ? 0 : replica.getAppliedIndex(),
        replica == null ? 0 : replica.getLastIndex(),
        lag,
        sinceContact,
        status == null ? 0 : status.getUptimeMillis(),
        problem(sighting, replica));
  }

  private static Part part(Sighting sighting, @Nullable ReplicaStatus replica) {
    if (!sighting.answered()) {
      return Part.UNREACHABLE;
    }
    if (replica == null) {
      return Part.JOINING; // its node runs, and has not heard of the group yet
    }
    if (replica.getRole() == Role.ROLE_FAILED) {
      return Part.FAILED;
    }
    return switch (replica.getStanding()) {
      case STANDING_JOINING -> Part.JOINING;
      case STANDING_REPLACED -> Part.REPLACED;
      case STANDING_REMOVED -> Part.REMOVED;
      case STANDING_MEMBER, STANDING_UNSPECIFIED, UNRECOGNIZED ->
          switch (replica.getRole()) {
            case ROLE_LEADER -> Part.LEADER;
            case ROLE_CANDIDATE -> Part.CANDIDATE;
            case ROLE_LEARNER -> Part.LEARNER;
            case ROLE_FAILED -> Part.FAILED;
            case ROLE_FOLLOWER, ROLE_UNSPECIFIED, UNRECOGNIZED -> Part.FOLLOWER;
          };
    };
  }

  private static @Nullable String problem(Sighting sighting, @Nullable ReplicaStatus replica) {
    if (!sighting.answered()) {
      return "does not answer";
    }
    if (replica != null && !replica.getFailure().isEmpty()) {
      return replica.getFailure();
    }
    return null;
  }

  private static @Nullable ReplicaStatus replica(Sighting sighting, int group) {
    NodeStatus status = sighting.status();
    if (status == null) {
      return null;
    }
    for (ReplicaStatus replica : status.getReplicasList()) {
      if (replica.getGroup() == group) {
        return replica;
      }
    }
    return null;
  }

  private static @Nullable PeerProgress progress(ReplicaStatus leader, int node) {
    for (PeerProgress peer : leader.getPeersList()) {
      if (peer.getNode() == node) {
        return peer;
      }
    }
    return null;
  }

  /** The addresses of all members of all groups, by node. */
  static Map<Integer, String> addresses(List<GroupView> views) {
    Map<Integer, String> addresses = new HashMap<>();
    for (GroupView view : views) {
      for (GroupView.Member member : view.members()) {
        addresses.putIfAbsent(member.node(), member.address());
      }
    }
    return addresses;
  }
}
