package dev.flotilla.simulation.world;

/**
 * How links behave. Chances per million messages.
 *
 * @param delayNanos least delay
 * @param spreadNanos most that chance adds to it
 * @param lossPerMillion lost (between nodes), connection reset (to clients)
 * @param repeatPerMillion delivered twice
 * @param replayPerMillion delivered once more, long after
 * @param slowPerMillion much later than others
 * @param slowNanos most that being slow adds
 * @param ordered whether what is sent first arrives first
 */
public record LinkConditions(
    long delayNanos,
    long spreadNanos,
    int lossPerMillion,
    int repeatPerMillion,
    int replayPerMillion,
    int slowPerMillion,
    long slowNanos,
    boolean ordered) {

  /** A good local network. */
  public static final LinkConditions CALM =
      new LinkConditions(100_000, 200_000, 0, 0, 0, 0, 0, true);
}
