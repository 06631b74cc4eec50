package dev.flotilla.bench.load;

/** The parts of a run, in order. */
public enum Phase {
  /** Every key is written once. */
  LOAD,
  /** The workload runs, and nothing of it counts. */
  WARM_UP,
  /** The workload runs and is measured. */
  MEASURE
}
