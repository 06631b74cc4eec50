package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.Wake;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the node's own parts tell the loop. Never dropped: each answers something the loop asked for
 * or took in under a bound, and a lost one would leave a replica waiting for ever.
 */
sealed interface Mail {

  /**
   * The state machine stands at this position.
   *
   * @param bytes of entries worked off since the last such mail: room in the group's apply window
   */
  record Applied(int group, AppliedPosition position, long bytes, Optional<Wake> wake)
      implements Mail {}

  /** The state machine's durable state covers {@code position}. */
  record Flushed(int group, AppliedPosition position) implements Mail {}

  /** The state machine was replaced by the snapshot at {@code base}. */
  record Installed(int group, LogBase base) implements Mail {}

  /** No stored snapshot reaches far enough: {@code staging} is where to write a checkpoint. */
  record CheckpointWanted(int group, int peer, String staging) implements Mail {}

  record CheckpointTaken(int group, String staging, AppliedPosition position) implements Mail {}

  record SnapshotPublished(int group, StoredSnapshot snapshot) implements Mail {}

  /** Making or storing a snapshot failed. */
  record SnapshotFailed(int group, String reason) implements Mail {}

  record SnapshotReceived(int group, int from, long term, LogBase base, String directory)
      implements Mail {}

  record SnapshotSent(int group, int peer, boolean success, long index) implements Mail {}

  /** The state machine failed: its replica must stop (H30). */
  record MachineFailed(int group, String reason, Throwable cause) implements Mail {}

  /**
   * A disk under a part of the node failed: the node must stop, with 70.
   *
   * @param damagedGroup the group whose state was found damaged; 0 for none
   */
  record StorageFailed(String doing, int damagedGroup, Throwable cause) implements Mail {}

  /**
   * Whether the state machine has room to apply what is committed; at first it is taken to have.
   */
  record RoomChanged(int group, boolean room) implements Mail {}

  /** There was no room to flush the state machine: nothing is lost, and nothing can be cut. */
  record FlushFailed(int group, String reason) implements Mail {}

  record PeerDisconnected(int node) implements Mail {}

  /**
   * @param groups whose replicas are meant; null for all of the node's
   */
  record StatusAsked(
      @Nullable Set<Integer> groups, boolean stateHash, CompletableFuture<NodeStatus> answer)
      implements Mail {}

  record TransferAsked(
      TransferLeadershipRequest request, CompletableFuture<TransferLeadershipReply> answer)
      implements Mail {}

  /** Change a group's members; the listener hears exactly one end. */
  record ChangeAsked(ChangeMembersRequest request, MemberChangeListener listener) implements Mail {}

  /** Hand over what is led, finish what is pending, flush; give up at the deadline. */
  record DrainAsked(long deadlineNanos, CompletableFuture<Void> done) implements Mail {}

  /** Every state machine is flushed, for the drain. */
  record DrainFlushed() implements Mail {}
}
