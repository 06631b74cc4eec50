/**
 * The core's messages and memberships as bytes, and back: what comes from outside is checked here.
 * Knows nothing of streams, so that whoever sends, receives or keeps them can use it.
 */
@NullMarked
package dev.flotilla.raft.wire;

import org.jspecify.annotations.NullMarked;
