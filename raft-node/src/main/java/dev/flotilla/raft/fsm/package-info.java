/**
 * What a replicated state machine must be. Consensus knows nothing more of it than this. All calls
 * for one replica come from one thread, the applier's.
 */
@NullMarked
package dev.flotilla.raft.fsm;

import org.jspecify.annotations.NullMarked;
