package dev.flotilla.simulation.world;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.fsm.StateMachine;

/** Who looks on. Whatever is wrong is thrown as a {@link Violation}. */
public interface Watch {
  /** A node has recovered from its disk and is about to run. */
  void started(Host host);

  /** A node's life has ended; its disk is as it is now. */
  void ended(Host host, String how);

  /** A pass of one of the node's duties is over. */
  void passed(Host host, String duty);

  /** A node hands a batch to the network. */
  void sending(Host host, int toNode, MessageBatch batch);

  /** A batch is about to be taken in by a node. */
  void arriving(Host host, MessageBatch batch);

  /** A node hands a part of a snapshot's transfer to the network. */
  void sendingBulk(Host host, int toNode, BulkMessage message);

  /** An operator's change of a group's members has ended. */
  void membersChanged(boolean done);

  /**
   * What a fresh read found when it came to a node.
   *
   * @param committedIndex how far the group's log was known to be committed, by whoever knew most
   * @param term of the node's replica
   * @param round the last one it had sent as the leader of that term; 0 before the first
   * @param membershipIndex of its replica
   */
  record ReadArrival(long committedIndex, long term, long round, long membershipIndex) {}

  /** A fresh read comes to a node. */
  ReadArrival readArrives(Host host, int group);

  /** A node answers a fresh read. */
  void answersRead(Host host, int group, ReadArrival arrival);

  /** A balancer sends a request once more. */
  void retried();

  /** A balancer hears that a command took effect, in the entry at {@code index}. */
  void acknowledged(int group, long index);

  /** A balancer hears that a request was refused, or is in doubt. */
  void declined(ErrorCode error, Outcome outcome);

  /** Looks over a state machine's shoulder. */
  StateMachine watched(Host host, int group, StateMachine machine);
}
