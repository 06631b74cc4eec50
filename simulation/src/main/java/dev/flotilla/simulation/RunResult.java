package dev.flotilla.simulation;

import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.world.Trace;
import dev.flotilla.simulation.world.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run went.
 *
 * @param violation null when everything held
 * @param traceHash equal for equal runs
 * @param virtualNanos how long it lasted in its own time
 * @param operations what the history judged
 * @param faults how many struck
 * @param lastEvents of each endpoint, oldest first
 */
public record RunResult(
    Scenario scenario,
    @Nullable Violation violation,
    long traceHash,
    long virtualNanos,
    long events,
    int operations,
    long faults,
    Marks marks,
    List<Trace.Event> lastEvents) {

  public boolean passed() {
    return violation == null;
  }
}
