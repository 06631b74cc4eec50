package dev.flotilla.simulation.mutants;

import org.jspecify.annotations.Nullable;

/** A simulator, seen from the other side of a class loader. */
public interface SeedRun {

  /**
   * @param violation what was broken; null when nothing was
   * @param traceHash equal for equal runs
   */
  record Outcome(@Nullable String violation, long traceHash) {}

  /**
   * Makes the run of a seed.
   *
   * @param focus name of a {@link Focus}
   */
  Outcome run(long seed, String focus);
}
