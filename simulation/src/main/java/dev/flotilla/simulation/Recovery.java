package dev.flotilla.simulation;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.workload.Workload;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.Violation;
import dev.flotilla.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

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
    world
        .topology()
        .groups()
        .forEach((group, members) -> {
          if (!onlyFirst || missing.isEmpty()) {
            look(group, members, missing);
          }
        });
    return missing;
  }

  private void look(int group, SortedSet<Integer> members, List<String> missing) {
    List<Integer> leaders = new ArrayList<>();
    long commit = 0;
    for (int node : members) {
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
    for (int node : members) {
      ReplicaView view = world.host(node).view(group);
      CoreStatus status = view == null ? null : view.status();
      if (status == null
          || status.leader() != leaders.getFirst()
          || status.appliedIndex() < commit) {
        missing.add("n%d of g%d is not up to %d: %s".formatted(node, group, commit, status));
      }
    }
  }

  /** The sum of all replicas' terms: at rest it does not change. */
  long terms() {
    long sum = 0;
    for (Host host : world.hosts()) {
      for (int group : world.topology().groupsOf(host.id())) {
        ReplicaView view = host.view(group);
        sum += view == null ? 0 : view.status().term();
      }
    }
    return sum;
  }

  /** Whether all replicas of each group have applied equally much. */
  boolean standsStill() {
    return world.topology().groups().entrySet().stream()
        .allMatch(group ->
            group.getValue().stream()
                    .map(node -> machine(node, group.getKey()).applied())
                    .distinct()
                    .count()
                == 1);
  }

  /** All replicas of a group stand at the same position and hold the same. */
  void checkEqualStates() {
    world
        .topology()
        .groups()
        .forEach((group, members) -> {
          StateMachine first = machine(members.first(), group);
          for (int node : members) {
            StateMachine machine = machine(node, group);
            if (!machine.applied().equals(first.applied())
                || machine.stateHash() != first.stateHash()) {
              throw new Violation(
                  "equal states at the end",
                  "g%d: n%d is at %s, n%d at %s"
                      .formatted(group, members.first(), first.applied(), node, machine.applied()));
            }
          }
        });
  }

  private StateMachine machine(int node, int group) {
    StateMachine machine = world.host(node).machine(group);
    if (machine == null) {
      throw new Violation("everything recovers in time", "n" + node + " is down again");
    }
    return machine;
  }
}
