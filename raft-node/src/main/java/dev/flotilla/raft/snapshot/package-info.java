/**
 * Snapshots: folders of a state machine's checkpoint files with a manifest of sizes and checksums,
 * and their transfer between nodes in resumable, rate-capped, verified chunks.
 */
@NullMarked
package dev.flotilla.raft.snapshot;

import org.jspecify.annotations.NullMarked;
