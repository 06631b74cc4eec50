package dev.flotilla.simulation;

import dev.flotilla.history.History;
import dev.flotilla.history.LinearizabilityChecker;
import dev.flotilla.history.Verdict;
import dev.flotilla.simulation.check.Invariants;
import dev.flotilla.simulation.check.Mark;
import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.faults.Striker;
import dev.flotilla.simulation.workload.Crowd;
import dev.flotilla.simulation.workload.Workload;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.LinkConditions;
import dev.flotilla.simulation.world.Timeline;
import dev.flotilla.simulation.world.Violation;
import dev.flotilla.simulation.world.World;

/**
 * One run: everything starts; faults strike; everything heals for good; then the cluster has a
 * stated time to become what it should be: one leader for each group, every operation answered,
 * followers caught up with equal states, terms at rest. At the end the history is judged.
 */
public final class Simulation {
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final long CLIENTS_START_NANOS = 500 * NANOS_PER_MILLI;

  /** Clients go on for so long after everything healed. */
  private static final long AFTERMATH_NANOS = 1_000 * NANOS_PER_MILLI;

  /** From the healing on, within which everything must be well again. */
  private static final long RECOVERY_NANOS = 30_000 * NANOS_PER_MILLI;

  /** Several election timeouts, in which no term may grow. */
  private static final long REST_NANOS = 4_000 * NANOS_PER_MILLI;

  /** Keys that expire go on making entries; some moment in this time there is none under way. */
  private static final long LAST_ENTRIES_NANOS = 5_000 * NANOS_PER_MILLI;

  private static final long LOOK_EVERY_NANOS = 50 * NANOS_PER_MILLI;
  private static final long LEADERLESS_NANOS = 3_000 * NANOS_PER_MILLI;

  /** A run that takes more is feeding itself. */
  private static final long MOST_EVENTS = 4_000_000;

  private final Scenario scenario;
  private final Marks marks = new Marks();
  private final World world;
  private final Invariants invariants;
  private final Workload workload;
  private final Striker striker;

  private Simulation(Scenario scenario) {
    this.scenario = scenario;
    Invariants[] made = new Invariants[1];
    this.world =
        new World(
            scenario.seed(),
            scenario.topology(),
            new ScenarioSettings(scenario, () -> made[0]),
            LinkConditions.CALM,
            created -> {
              made[0] =
                  new Invariants(created, World.CLUSTER, scenario.raft(), scenario.wal(), marks);
              return made[0];
            });
    this.invariants = made[0];
    this.workload =
        new Workload(world, scenario.workload(), scenario.raft().leaseReads(), invariants, marks);
    this.striker = new Striker(world, scenario.links(), new Crowd(world)::come);
  }

  /** Makes a run. */
  public static RunResult run(Scenario scenario) {
    return new Simulation(scenario).run();
  }

  /** Makes the run of a seed. */
  public static RunResult run(long seed, Scenarios.Profile profile) {
    return run(Scenarios.draw(seed, profile));
  }

  private RunResult run() {
    int operations = 0;
    try {
      operations = story();
    } catch (Violation e) {
      invariants.report(e);
    } catch (RuntimeException | StackOverflowError e) {
      invariants.report(new Violation("the simulation itself works", String.valueOf(e), e));
    }
    marksOfTheWorld();
    return new RunResult(
        scenario,
        invariants.violation(),
        world.trace().hash(),
        world.timeline().nowNanos(),
        world.timeline().happened(),
        operations,
        striker.struck(),
        marks,
        world.trace().lastEvents());
  }

  private int story() {
    Timeline time = world.timeline();
    world.network().setConditions(scenario.links());
    world.hosts().forEach(Host::start);
    time.at(CLIENTS_START_NANOS, workload::start);
    striker.schedule(scenario.faults());
    watchForLeaderlessness(0);
    goOn(scenario.chaosMillis() * NANOS_PER_MILLI);
    if (invariants.violation() == null) {
      recover();
    }
    if (invariants.violation() != null) {
      return 0;
    }
    return judge();
  }

  private void recover() {
    Timeline time = world.timeline();
    striker.healEverything();
    long healed = time.nowNanos();
    goOn(healed + AFTERMATH_NANOS);
    workload.stop();
    Recovery recovery = new Recovery(world, workload);
    while (invariants.violation() == null && !recovery.isComplete()) {
      if (time.nowNanos() > healed + RECOVERY_NANOS) {
        throw new Violation("everything recovers in time", recovery.whatIsMissing());
      }
      goOn(time.nowNanos() + LOOK_EVERY_NANOS);
    }
    workload.lastLook();
    long terms = recovery.terms();
    goOn(time.nowNanos() + REST_NANOS);
    if (invariants.violation() == null) {
      if (!workload.hasLooked()) {
        throw new Violation(
            "everything can be read after recovery",
            workload.whatIsLookedAt() + "; " + recovery.whatIsMissing());
      }
      if (recovery.terms() != terms) {
        throw new Violation(
            "terms come to rest", "the sum went from " + terms + " to " + recovery.terms());
      }
      long until = time.nowNanos() + LAST_ENTRIES_NANOS;
      while (!recovery.standsStill() && time.nowNanos() < until) {
        goOn(time.nowNanos() + LOOK_EVERY_NANOS / 10);
      }
      recovery.checkEqualStates();
    }
  }

  private void goOn(long untilNanos) {
    Timeline time = world.timeline();
    while (invariants.violation() == null && time.step(untilNanos)) {
      if (time.happened() > MOST_EVENTS) {
        throw new Violation(
            "a run comes to its end", time.happened() + " events by " + time.nowNanos() + " ns");
      }
    }
  }

  private int judge() {
    History history = workload.history();
    switch (new LinearizabilityChecker(LinearizabilityChecker.Budget.DEFAULT).check(history)) {
      case Verdict.Linearizable linearizable -> {}
      case Verdict.Violation violation ->
          throw new Violation("histories are linearizable", violation.explanation());
      case Verdict.BudgetExceeded exceeded ->
          throw new Violation("histories can be judged", exceeded.keys().toString());
    }
    return history.size();
  }

  private void watchForLeaderlessness(long sinceNanos) {
    boolean allLed = world.topology().groups().keySet().stream().allMatch(invariants::hasLeader);
    long since = allLed ? world.timeline().nowNanos() : sinceNanos;
    marks.hitIf(
        world.timeline().nowNanos() - since > LEADERLESS_NANOS,
        Mark.GROUP_WITHOUT_LEADER_FOR_SECONDS);
    world.timeline().after(LEADERLESS_NANOS / 6, () -> watchForLeaderlessness(since));
  }

  private void marksOfTheWorld() {
    marks.hitIf(world.network().lost() > 0, Mark.MESSAGE_LOST);
    marks.hitIf(world.network().repeated() > 0, Mark.MESSAGE_REPEATED);
    marks.hitIf(world.network().replayed() > 0, Mark.OLD_MESSAGE_REPLAYED);
    marks.hitIf(
        world.balancers().stream().anyMatch(balancer -> balancer.lives() > 1),
        Mark.BALANCER_RESTARTED);
  }
}
