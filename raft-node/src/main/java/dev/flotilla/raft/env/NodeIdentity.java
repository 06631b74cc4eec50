package dev.flotilla.raft.env;

/**
 * Whose folder it is.
 *
 * @param clusterId name of the cluster
 * @param node id of the node, from 1
 * @param incarnation drawn at random when the folder was made; a node that lost its folder comes
 *     back with another one, so that nobody takes it for its former self (H50)
 */
public record NodeIdentity(String clusterId, int node, long incarnation) {}
