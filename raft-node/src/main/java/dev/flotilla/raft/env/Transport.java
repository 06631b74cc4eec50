package dev.flotilla.raft.env;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import java.util.SortedMap;

/**
 * The way to the other nodes. Messages may be lost, repeated, delayed and reordered; Raft expects
 * all of it. Sending never blocks: what a peer's bounded buffer cannot take is dropped and counted.
 */
public interface Transport extends AutoCloseable {

  /** Connects, and delivers from now on. Called once. */
  void start(Receiver receiver);

  /**
   * Says whom this node has to talk to from now on: everyone who shares a group with it, by node,
   * with the host:port of its gRPC server as its groups' memberships or the configuration tell it.
   * Who is not named has no business with this node any more. A node whose groups have yet to tell
   * it their members is given everyone it has been configured with. Called on the loop's thread, by
   * its first pass and whenever that changes; does not block, and may come before {@link #start}. A
   * transport that reaches everybody anyway need not care.
   */
  default void connect(SortedMap<Integer, String> peers) {}

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
