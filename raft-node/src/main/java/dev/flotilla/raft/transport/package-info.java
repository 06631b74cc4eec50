/**
 * The real network: gRPC streams between nodes, the client and admin services, and the codec
 * between {@link dev.flotilla.raft.core.Message} and the wire. Callbacks only enqueue.
 */
@NullMarked
package dev.flotilla.raft.transport;

import org.jspecify.annotations.NullMarked;
