/**
 * What drives the cores: {@link dev.flotilla.raft.runtime.NodeLoop} (one per node, one log, one
 * fsync per pass), {@link dev.flotilla.raft.runtime.Applier} (drives the state machines), {@link
 * dev.flotilla.raft.runtime.SnapshotWorker}, the queues with limits between them, and the lifecycle
 * from recovery to shutdown.
 *
 * <p>The three are objects with a {@code pass()}. {@link dev.flotilla.raft.runtime.NodeAssembly} is
 * a node made of them without any thread; {@link dev.flotilla.raft.runtime.RaftNode} is the same
 * with threads. Only RaftNode and its DutyThread know that threads exist.
 */
@NullMarked
package dev.flotilla.raft.runtime;

import org.jspecify.annotations.NullMarked;
