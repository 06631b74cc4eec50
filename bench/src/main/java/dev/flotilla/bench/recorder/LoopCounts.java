package dev.flotilla.bench.recorder;

/**
 * What loops counted beside successes and failures.
 *
 * @param conflicts conditional writes that came too late
 * @param due operations that fell due in open loops
 * @param notStarted of those, how many found the backlog full
 * @param waiting how many are in the backlog; this one does not only grow
 */
public record LoopCounts(long conflicts, long due, long notStarted, long waiting) {

  public static final LoopCounts NONE = new LoopCounts(0, 0, 0, 0);

  public LoopCounts plus(LoopCounts other) {
    return new LoopCounts(
        conflicts + other.conflicts,
        due + other.due,
        notStarted + other.notStarted,
        waiting + other.waiting);
  }

  /** What was counted since the earlier look; the backlog is that of the later one. */
  public LoopCounts since(LoopCounts earlier) {
    return new LoopCounts(
        conflicts - earlier.conflicts, due - earlier.due, notStarted - earlier.notStarted, waiting);
  }
}
