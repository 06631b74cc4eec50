package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.fsm.StateMachine;
import java.io.IOException;

/**
 * A group this node hosts.
 *
 * @param bootstrap the membership the group starts its life with; used only while the log has never
 *     held the group. {@link Membership#EMPTY} for a node that is to join a group that exists: its
 *     replica waits for the group's leader to send it log and membership
 */
public record ReplicaSpec(
    int group, String name, Membership bootstrap, StateMachineFactory stateMachine) {

  /** Opens a state machine in a folder of the node's disk. */
  @FunctionalInterface
  public interface StateMachineFactory {
    StateMachine open(String directory) throws IOException;
  }
}
