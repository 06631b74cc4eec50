package dev.flotilla.raft.fsm;

import java.util.List;

/**
 * A committed entry, as the state machine sees it. Entries without commands (a leader's no-op, a
 * membership) are passed too: they move the applied position and the clock.
 *
 * @param stampMillis the leader's wall clock; may go back between entries, the state machine's
 *     clock may not
 * @param commands the clients' commands in this entry, in order
 */
public record CommittedEntry(long index, long term, long stampMillis, List<byte[]> commands) {}
