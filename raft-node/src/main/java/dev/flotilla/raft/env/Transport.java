package dev.flotilla.raft.env;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;

/**
 * The way to the other nodes. Messages may be lost, repeated, delayed and reordered; Raft expects
 * all of it. Sending never blocks: what a peer's bounded buffer cannot take is dropped and counted.
 */
public interface Transport extends AutoCloseable {

  /** Connects, and delivers from now on. Called once. */
  void start(Receiver receiver);

  /** Sends on the lane for Raft messages. */
  void send(int toNode, MessageBatch batch);

  /**
   * Sends on the lane for snapshots, a connection of its own. Returns false when it had to be
   * dropped.
   */
  boolean sendBulk(int toNode, BulkMessage message);

  @Override
  void close();

  /** What arrives. Called on the transport's threads; must not block. */
  interface Receiver {
    void onMessages(int fromNode, MessageBatch batch);

    void onBulk(int fromNode, BulkMessage message);

    void onPeerConnected(int node);

    /** The connection to the node broke. */
    void onPeerDisconnected(int node);
  }
}
