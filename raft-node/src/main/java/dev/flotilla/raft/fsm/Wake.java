package dev.flotilla.raft.fsm;

/**
 * An entry the state machine wants although no client asks for one.
 *
 * @param atMillis propose it once the leader's stamps have reached this; 0 = as soon as there is a
 *     leader
 * @param command the command to propose; applying it must change {@link StateMachine#wake()}
 */
public record Wake(long atMillis, byte[] command) {}
