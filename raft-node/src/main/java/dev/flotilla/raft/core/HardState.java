package dev.flotilla.raft.core;

/**
 * What a replica must never forget (thesis figure 3.1): persisted before anything that reveals it
 * leaves the node.
 *
 * @param term latest term seen; never goes back
 * @param vote the node voted for in {@code term}, or {@link #NO_VOTE}
 */
public record HardState(long term, int vote) {
  public static final int NO_VOTE = 0;
  public static final HardState INITIAL = new HardState(0, NO_VOTE);
}
