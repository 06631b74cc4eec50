/**
 * The real network: gRPC streams between nodes, the client and admin services. Callbacks only
 * enqueue.
 */
@NullMarked
package dev.flotilla.raft.transport;

import org.jspecify.annotations.NullMarked;
