/**
 * What drives the cores: {@link dev.flotilla.raft.runtime.NodeLoop} (one per node, one log, one
 * fsync per pass), the applier (drives the state machines), mailboxes with limits, lifecycle.
 */
@NullMarked
package dev.flotilla.raft.runtime;

import org.jspecify.annotations.NullMarked;
