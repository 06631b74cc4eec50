package dev.flotilla.raft.core;

/**
 * Where a log begins: the last position that is no longer in it, and the membership in force there.
 * A fresh log's base is index 0, term 0 and the bootstrap membership.
 */
public record LogBase(long index, long term, Membership membership) {}
