package dev.flotilla.simulation.faults;

import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.proto.admin.v1.RemoveMember;
import dev.flotilla.proto.admin.v1.ReplaceMember;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.Topology;
import dev.flotilla.simulation.world.World;
import java.util.List;

/** Operators' changes of a group's members: between three and as many as there are nodes. */
final class MemberChanges {
  private static final int LEAST_VOTERS = 3;
  private static final int TIMEOUT_MILLIS = 4_000;
  private static final long RESTART_NANOS = 20_000_000L;

  private final World world;

  MemberChanges(World world) {
    this.world = world;
  }

  void ask(Host leader, Fault fault) {
    ReplicaView view = leader.view(fault.group());
    if (view == null) {
      return;
    }
    Membership membership = view.status().membership();
    List<Integer> voters = List.copyOf(membership.voters());
    List<Integer> others =
        world.hosts().stream().map(Host::id).filter(node -> !membership.contains(node)).toList();
    int kind = fault.amount() % 3;
    int pick = fault.amount() / 3;
    ChangeMembersRequest.Builder request =
        ChangeMembersRequest.newBuilder().setGroup(fault.group()).setTimeoutMillis(TIMEOUT_MILLIS);
    if (kind == 0 && voters.size() > LEAST_VOTERS) {
      request.setRemove(RemoveMember.newBuilder().setNode(voters.get(pick % voters.size())));
    } else if (others.isEmpty()) {
      return;
    } else {
      int newcomer = others.get(pick % others.size());
      prepare(newcomer, fault.group());
      AddMember add =
          AddMember.newBuilder().setNode(newcomer).setAddress(Topology.address(newcomer)).build();
      if (kind == 1) {
        request.setReplace(
            ReplaceMember.newBuilder().setNode(voters.get(pick % voters.size())).setNewcomer(add));
      } else {
        request.setAdd(add);
      }
    }
    leader.assembly().changeMembers(request.build(), this::progress);
  }

  /** A node that has no replica of the group yet is started again with one. */
  private void prepare(int node, int group) {
    if (!world.hostsOf(group).contains(node)) {
      world.invite(node, group);
      Host host = world.host(node);
      if (host.isUp()) {
        host.kill();
        world.timeline().after(RESTART_NANOS, host::start);
      }
    }
  }

  private void progress(ChangeMembersProgress progress) {
    world.trace().event(0, progress.getStage().name(), progress.getMatchIndex(), 0, 0);
    if (progress.getStage() == ChangeStage.CHANGE_STAGE_DONE) {
      world.membersChanged(true);
    } else if (progress.getStage() == ChangeStage.CHANGE_STAGE_NOT_APPLIED) {
      world.membersChanged(false);
    }
  }
}
