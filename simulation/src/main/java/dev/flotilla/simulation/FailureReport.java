package dev.flotilla.simulation;

import dev.flotilla.simulation.faults.Fault;
import dev.flotilla.simulation.world.Violation;
import java.io.PrintWriter;

/** What a person needs who looks into a failed run. */
final class FailureReport {
  private static final int LAST_ROWS = 200;

  private final RunResult result;
  private final Scenarios.Profile profile;

  FailureReport(RunResult result, Scenarios.Profile profile) {
    this.result = result;
    this.profile = profile;
  }

  void print(PrintWriter out) {
    Violation violation = result.violation();
    out.printf(
        "%nseed %d failed after %.3f virtual seconds%n",
        result.scenario().seed(), result.virtualNanos() / 1e9);
    out.println("  " + (violation == null ? "" : violation.getMessage()));
    if (violation != null && violation.getCause() != null) {
      violation.getCause().printStackTrace(out);
    }
    out.println("  " + result.scenario().topology());
    out.println("  " + result.scenario().workload());
    for (Fault fault : result.scenario().faults()) {
      out.println("  " + fault);
    }
    out.println();
    new SpaceTimeDiagram(result.lastEvents()).print(out, LAST_ROWS);
    out.printf(
        "%nreplay: flotilla simulate --profile %s --seeds 1 --from %d%n",
        profile, result.scenario().seed());
    out.flush();
  }
}
