package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.fsm.StateMachine;
import java.io.IOException;

/**
 * A group this node hosts.
 *
 * @param founders the membership the group starts its life with; {@link Membership#EMPTY} when the
 *     node was not there then
 * @param isNew somebody says that the group has not begun yet. An empty disk does not say so: when
 *     founders that lost theirs, some of them members no more, took their group for new, they would
 *     begin it again beside the members that live (H50)
 */
public record ReplicaSpec(
    int group, String name, Membership founders, boolean isNew, StateMachineFactory stateMachine) {

  /**
   * The membership of a replica that has never heard of its group. An empty one waits for the
   * group's leader to send it log and membership.
   */
  Membership bootstrap() {
    return isNew ? founders : Membership.EMPTY;
  }

  /** Opens a state machine in a folder of the node's disk. */
  @FunctionalInterface
  public interface StateMachineFactory {
    StateMachine open(String directory) throws IOException;
  }
}
