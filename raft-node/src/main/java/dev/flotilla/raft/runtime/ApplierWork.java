package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.LogBase;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the loop asks of the applier. Worked off in order, so that an apply after an install comes
 * after it.
 */
sealed interface ApplierWork {

  /**
   * Committed entries that follow what was handed over before.
   *
   * @param proposals those of the entries that were proposed here, ascending
   */
  record Apply(
      int group, List<Entry> entries, List<PendingProposals.Proposal> proposals, long bytes)
      implements ApplierWork {}

  /**
   * Answer from any state that has applied {@code minIndex}.
   *
   * @param leaseEndNanos an answer is good only when the state was read before this (H5); {@link
   *     Long#MAX_VALUE} when no lease is involved
   */
  record Query(int group, List<ClientCall> calls, long minIndex, long term, long leaseEndNanos)
      implements ApplierWork {}

  /** Replace the state by the snapshot in this folder. */
  record Install(int group, LogBase base, String directory) implements ApplierWork {}

  record Checkpoint(int group, String staging) implements ApplierWork {}

  /** Make the state durable. {@code whole}: all of it, now. */
  record Flush(int group, boolean whole) implements ApplierWork {}

  /** Add each replica's state hash, and the position it stands for. */
  record Status(NodeStatus.Builder status, CompletableFuture<NodeStatus> answer)
      implements ApplierWork {}

  /** Flush every state machine: the node is about to stop. */
  record Drain() implements ApplierWork {}
}
