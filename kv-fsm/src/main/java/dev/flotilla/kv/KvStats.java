package dev.flotilla.kv;

import dev.flotilla.raft.fsm.AppliedPosition;

/**
 * Figures of one moment, for gauges.
 *
 * @param keys stored keys; expired ones count until they are swept
 * @param keyBytes their keys and values, without overhead
 * @param clockMillis the replicated clock
 * @param epoch of the slot table, 0 before the first assignment
 * @param ownedSlots slots this group owns
 */
public record KvStats(
    AppliedPosition applied,
    long keys,
    long keyBytes,
    long clockMillis,
    long epoch,
    int ownedSlots) {}
