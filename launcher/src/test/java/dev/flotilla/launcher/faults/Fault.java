package dev.flotilla.launcher.faults;

import java.util.Set;

/** One way to hurt a cluster. Used once. */
interface Fault {

  /** As the table calls it. */
  String name();

  /** What it cannot be done without. */
  default Set<Need> needs() {
    return Set.of();
  }

  /** Whether it hurts more than the first group. */
  default boolean hurtsAll() {
    return false;
  }

  /** How large the values of the clients are at least. */
  default int valueBytes() {
    return 16;
  }

  /** Sets the stage, before any client is there. */
  default void prepare(FaultedCluster cluster) {}

  /** Begins. Returns when the fault is in effect. */
  void inject(FaultedCluster cluster);

  /**
   * Proves, at the end of the fault's time, that it was in effect.
   *
   * @return the proof, in a few words
   * @throws AssertionError when it was not
   */
  String shown(FaultedCluster cluster);

  /** Ends it, and starts again whatever ended of it. Called even when the rest failed. */
  void heal(FaultedCluster cluster);

  /** Takes the stage down again, when no client is there any more. */
  default void leave(FaultedCluster cluster) {}

  /** What else must be true of a run with this fault. */
  default void judge(FaultTrial.Course course) {}
}
