package dev.flotilla.raft.transport;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Which incarnation of each node this node has dealt with. A node that lost its disk comes back
 * under its old id with another incarnation: it has forgotten its votes and its log and must not
 * speak as its former self (H50). Thread-safe; must not block.
 */
@FunctionalInterface
public interface PeerIdentities {

  /** Whether the node may speak to us. The first incarnation seen is the one that counts. */
  boolean admit(int node, long incarnation);

  /** Remembers for as long as the process lives. */
  static PeerIdentities inMemory() {
    ConcurrentHashMap<Integer, Long> known = new ConcurrentHashMap<>();
    return (node, incarnation) -> {
      Long first = known.putIfAbsent(node, incarnation);
      return first == null || first == incarnation;
    };
  }
}
