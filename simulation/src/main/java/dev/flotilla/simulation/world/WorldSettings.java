package dev.flotilla.simulation.world;

import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.runtime.ReplicaSpec;
import java.util.List;
import java.util.Map;

/** How nodes are configured in a run. */
public interface WorldSettings {
  NodeOptions nodeOptions(int node);

  /**
   * The groups a node hosts.
   *
   * @param machines where to put the state machines that get opened, by group
   */
  List<ReplicaSpec> replicas(Host host, Map<Integer, StateMachine> machines);

  /** How long it takes until a process that ended by itself is started again. */
  long restartNanos();

  /** A machine's monotonic clock gains so many millionths. */
  long driftPerMillion(int node);

  /** Most that a thread with work waits for a processor. */
  long hiccupNanos();
}
