package dev.flotilla.simulation;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.workload.Workload;
import dev.flotilla.simulation.world.Violation;
import dev.flotilla.simulation.world.World;
import java.util.ArrayList;
import java.util.List;

/** Whether the cluster is what it should be when nothing goes wrong any more. */
final class Recovery {
  private final World world;
  private final Workload workload;

  Recovery(World world, Workload workload) {
    this.world = world;
    this.workload = workload;
  }

  boolean isComplete() {
    return missing(true).isEmpty();
  }

  String whatIsMissing() {
    return String.join("; ", missing(false));
  }

  private List<String> missing(boolean onlyFirst) {
    List<String> missing = new ArrayList<>();
    if (!workload.isIdle()) {
      missing.add("operations are still under way");
    }
    for (int group : world.topology().groups().keySet()) {
      if (!onlyFirst || missing.isEmpty()) {
        look(group, missing);
      }
    }
    return missing;
  }

  private void look(int group, List<String> missing) {
    List<Integer> leaders = new ArrayList<>();
    long commit = 0;
    for (int node : world.hostsOf(group)) {
      ReplicaView view = world.host(node).view(group);
      if (view == null) {
        missing.add("n" + node + " is down");
        return;
      }
      if (view.status().role() == Role.LEADER) {
        leaders.add(node);
        commit = view.status().commitIndex();
      }
    }
    if (leaders.size() != 1) {
      missing.add("g" + group + " is led by " + leaders);
      return;
    }
    Membership membership = membership(group);
    if (membership.isJoint() || membership.members().values().stream().anyMatch(Member::promote)) {
      missing.add(
          "g%d is between two memberships: %s, %s"
              .formatted(group, membership, world.host(leaders.getFirst()).view(group)));
    }
    for (int node : membership.voters()) {
      ReplicaView view = world.host(node).view(group);
      CoreStatus status = view == null ? null : view.status();
      if (status == null
          || status.leader() != leaders.getFirst()
          || status.appliedIndex() < commit) {
        missing.add("n%d of g%d is not up to %d: %s".formatted(node, group, commit, status));
      }
    }
  }

  /** As the group's leader has it; nobody's when there is none. */
  private Membership membership(int group) {
    for (int node : world.hostsOf(group)) {
      ReplicaView view = world.host(node).view(group);
      if (view != null && view.status().role() == Role.LEADER) {
        return view.status().membership();
      }
    }
    return Membership.EMPTY;
  }

  /** The sum of all groups' newest terms: at rest it does not change. */
  long terms() {
    long sum = 0;
    for (int group : world.topology().groups().keySet()) {
      long newest = 0;
      for (int node : world.hostsOf(group)) {
        ReplicaView view = world.host(node).view(group);
        newest = Math.max(newest, view == null ? 0 : view.status().term());
      }
      sum += newest;
    }
    return sum;
  }

  /** Whether all replicas of each group have applied equally much. */
  boolean standsStill() {
    return world.topology().groups().keySet().stream()
        .allMatch(group ->
            membership(group).voters().stream()
                    .map(node -> machine(node, group).applied())
                    .distinct()
                    .count()
                == 1);
  }

  /** All replicas of a group stand at the same position and hold the same. */
  void checkEqualStates() {
    for (int group : world.topology().groups().keySet()) {
      List<Integer> voters = List.copyOf(membership(group).voters());
      if (voters.isEmpty()) {
        throw new Violation("everything recovers in time", "g" + group + " lost its leader again");
      }
      StateMachine first = machine(voters.getFirst(), group);
      for (int node : voters) {
        StateMachine machine = machine(node, group);
        if (!machine.applied().equals(first.applied())
            || machine.stateHash() != first.stateHash()) {
          throw new Violation(
              "equal states at the end",
              "g%d: n%d is at %s, n%d at %s"
                  .formatted(group, voters.getFirst(), first.applied(), node, machine.applied()));
        }
      }
    }
  }

  private StateMachine machine(int node, int group) {
    StateMachine machine = world.host(node).machine(group);
    if (machine == null) {
      throw new Violation("everything recovers in time", "n" + node + " is down again");
    }
    return machine;
  }
}
