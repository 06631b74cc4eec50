package dev.flotilla.simulation.mutants;

import dev.flotilla.simulation.RunResult;
import dev.flotilla.simulation.Simulation;

/** Loaded anew with each mutant, and with it the simulator it calls. */
public final class InnerSeedRun implements SeedRun {
  public InnerSeedRun() {}

  @Override
  public Outcome run(long seed, String focus) {
    RunResult result = Simulation.run(Focus.valueOf(focus).scenario(seed));
    return new Outcome(
        result.violation() == null ? null : result.violation().getMessage(), result.traceHash());
  }
}
