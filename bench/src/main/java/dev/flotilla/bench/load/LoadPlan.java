package dev.flotilla.bench.load;

import dev.flotilla.bench.door.DoorFactory;
import java.util.Optional;

/**
 * What to run. Times in nanoseconds.
 *
 * @param door opens the doors; each thread has its own
 * @param connections lanes of all threads together, each standing for a client
 * @param threads loops; one can keep a two-core database busy
 * @param load run to its end first, unmeasured; empty = nothing to load
 * @param loadTimeoutNanos a load that takes longer fails the run
 * @param workload the measured work, the same during warm-up
 * @param pace when its operations begin; a load is always a closed loop
 * @param seed of the times that an open loop draws
 * @param warmupNanos how long it runs unmeasured
 * @param measureNanos how long it is measured
 */
public record LoadPlan(
    DoorFactory door,
    int connections,
    int threads,
    Optional<WorkloadFactory> load,
    long loadTimeoutNanos,
    WorkloadFactory workload,
    Pace pace,
    long seed,
    long warmupNanos,
    long measureNanos) {

  public LoadPlan {
    if (threads < 1 || connections < threads) {
      throw new IllegalArgumentException("at least one thread, and one connection for each");
    }
    if (warmupNanos < 0 || measureNanos <= 0 || loadTimeoutNanos <= 0) {
      throw new IllegalArgumentException("times are positive");
    }
  }

  /** A closed loop. */
  public LoadPlan(
      DoorFactory door,
      int connections,
      int threads,
      Optional<WorkloadFactory> load,
      long loadTimeoutNanos,
      WorkloadFactory workload,
      long warmupNanos,
      long measureNanos) {
    this(
        door,
        connections,
        threads,
        load,
        loadTimeoutNanos,
        workload,
        Pace.AS_ANSWERED,
        0,
        warmupNanos,
        measureNanos);
  }
}
