package dev.flotilla.simulation;

import dev.flotilla.simulation.faults.Fault;
import dev.flotilla.simulation.workload.WorkloadPlan;
import dev.flotilla.simulation.world.LinkConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing scenario smaller while it goes on failing in the same way: fewer faults (delta
 * debugging, Zeller and Hildebrandt 2002), a calmer network, fewer operations and clients. Luck is
 * bound to what it is for and not to the order of draws, so that what stays is hurt as before.
 */
final class Shrinker {
  private static final int MOST_RUNS = 400;

  private final String rule;
  private final Consumer<String> progress;
  private RunResult smallest;
  private int runs;

  /**
   * @param failed a run with a violation
   */
  Shrinker(RunResult failed, Consumer<String> progress) {
    this.smallest = failed;
    this.rule = rule(failed);
    this.progress = progress;
  }

  private static @Nullable String ruleOrNull(RunResult result) {
    return result.violation() == null ? null : result.violation().rule();
  }

  private static String rule(RunResult failed) {
    String rule = ruleOrNull(failed);
    if (rule == null) {
      throw new IllegalArgumentException("a run that passed has nothing to shrink");
    }
    return rule;
  }

  /** The smallest failing run found. */
  RunResult shrink() {
    dropFaults();
    tryOut(smallest.scenario().withLinks(LinkConditions.CALM));
    dropOperations();
    dropFaults();
    progress.accept(
        "shrunk to %d faults, %d clients with %d operations, in %d runs"
            .formatted(
                smallest.scenario().faults().size(),
                smallest.scenario().workload().clients(),
                smallest.scenario().workload().operations(),
                runs));
    return smallest;
  }

  private void dropFaults() {
    int chunk = Math.max(1, smallest.scenario().faults().size() / 2);
    while (chunk >= 1 && runs < MOST_RUNS) {
      boolean dropped = false;
      for (int from = 0; from < smallest.scenario().faults().size(); ) {
        List<Fault> fewer = new ArrayList<>(smallest.scenario().faults());
        fewer.subList(from, Math.min(from + chunk, fewer.size())).clear();
        if (tryOut(smallest.scenario().withFaults(fewer))) {
          dropped = true;
        } else {
          from += chunk;
        }
      }
      if (!dropped || chunk > 1) {
        if (chunk == 1) {
          return;
        }
        chunk = Math.max(1, chunk / 2);
      }
    }
  }

  private void dropOperations() {
    boolean smaller = true;
    while (smaller && runs < MOST_RUNS) {
      WorkloadPlan plan = smallest.scenario().workload();
      smaller =
          (plan.operations() > 1
                  && tryOut(
                      smallest.scenario().withWorkload(plan.withOperations(plan.operations() / 2))))
              || (plan.clients() > 1
                  && tryOut(
                      smallest.scenario().withWorkload(plan.withClients(plan.clients() - 1))));
    }
  }

  private boolean tryOut(Scenario scenario) {
    if (runs >= MOST_RUNS) {
      return false;
    }
    runs++;
    RunResult result = Simulation.run(scenario);
    if (!rule.equals(ruleOrNull(result))) {
      return false;
    }
    smallest = result;
    return true;
  }
}
