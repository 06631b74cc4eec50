package dev.flotilla.raft.log;

/**
 * Whose log it is: stamped into every segment, so that another node's segment, or one from before
 * this node's disk was replaced, is never taken for ours (H50).
 */
public record LogIdentity(int node, long incarnation) {}
