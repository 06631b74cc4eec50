package dev.flotilla.raft.core;

/**
 * What a membership says of one node beside its part in the quorums.
 *
 * @param incarnation which replica of the node is meant (H50); 0 while it is not bound: then any is
 *     taken for the member
 * @param address host:port of the node's gRPC server as advertised; empty = as configured
 * @param promote a learner, or a voter about to become one, that is to be a voter as soon as it has
 *     caught up, whoever leads then
 * @param replaces the node that goes when this one becomes a voter; 0 for none
 */
public record Member(int node, long incarnation, String address, boolean promote, int replaces) {
  /** Long enough for every host name and port. */
  public static final int MAX_ADDRESS_CHARS = 300;

  public Member {
    if (node < 1 || replaces < 0 || address.length() > MAX_ADDRESS_CHARS) {
      throw new IllegalArgumentException("no member: node " + node + ", replaces " + replaces);
    }
  }

  /** A node of which nothing is known but its number. */
  public static Member unbound(int node) {
    return new Member(node, 0, "", false, 0);
  }

  public boolean isBound() {
    return incarnation != 0;
  }

  /** The same node with another replica. */
  public Member boundTo(long newIncarnation) {
    return new Member(node, newIncarnation, address, promote, replaces);
  }

  /** A learner on its way to a vote. */
  public Member promoting(int nodeReplaced) {
    return new Member(node, incarnation, address, true, nodeReplaced);
  }

  /** Not on its way to a vote (any more). */
  public Member settled() {
    return new Member(node, incarnation, address, false, 0);
  }

  boolean isPlain() {
    return incarnation == 0 && address.isEmpty() && !promote && replaces == 0;
  }
}
