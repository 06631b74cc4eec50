package dev.flotilla.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.flotilla.simulation.Scenarios.Profile;
import dev.flotilla.simulation.check.Mark;
import dev.flotilla.simulation.check.Marks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 300);

  /** Hit once in some hundred seeds; these are too few to count on it. */
  private static final EnumSet<Mark> RARE = EnumSet.of(Mark.SNAPSHOT_INSTALLED_OVER_LONGER_LOG);

  private static final long FIRST_SEED = Long.getLong("simulation.from", 1);

  @BeforeAll
  static void silenceTheNodes() {
    ((Logger) LoggerFactory.getLogger("dev.flotilla")).setLevel(Level.OFF);
  }

  @Test
  void everythingHoldsAndEverythingHappensOverManySeeds() {
    long started = System.nanoTime();
    List<RunResult> results =
        LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
            .parallel()
            .mapToObj(seed -> Simulation.run(seed, Profile.SWARM))
            .toList();
    Marks marks = new Marks();
    long virtualNanos = 0;
    for (RunResult result : results) {
      assertThat(result.passed()).as(() -> report(result)).isTrue();
      marks.addAll(result.marks());
      virtualNanos += result.virtualNanos();
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "simulation: %d seeds, %.1f a second, %.2f virtual hours, %d of %d marks%n",
        SEEDS, SEEDS / seconds, virtualNanos / 3.6e12, marks.hits().size(), Mark.values().length);
    assertThat(marks.hits().keySet())
        .as("a mark that is never hit says that the runs do not reach what they claim to test")
        .containsAll(EnumSet.complementOf(RARE));
  }

  /**
   * Each of these needed tens of thousands of runs before it to be met. What they showed has tests
   * of its own in docs/verification.md, or was a fault of the simulator: 10032740 judged who may
   * lead, 13010504 let replies that a node never sent hold up those of its next life.
   */
  @Test
  void seedsThatOnceFailedPass() {
    for (long seed :
        List.of(7_009_634L, 8_001_054L, 10_032_740L, 11_004_042L, 12_031_306L, 13_010_504L)) {
      RunResult result = Simulation.run(seed, Profile.SWARM);
      assertThat(result.passed()).as(() -> report(result)).isTrue();
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(Simulation.run(seed, Profile.SWARM).traceHash())
          .isEqualTo(Simulation.run(seed, Profile.SWARM).traceHash());
    }
  }

  @Test
  void nothingGoesWrongWhereNothingGoesWrong() {
    for (long seed = 1; seed <= 10; seed++) {
      RunResult result = Simulation.run(seed, Profile.CALM);
      assertThat(result.passed()).as(() -> report(result)).isTrue();
      assertThat(result.marks().count(Mark.COMMAND_UNKNOWN)).isZero();
    }
  }

  private static String report(RunResult result) {
    StringWriter text = new StringWriter();
    new FailureReport(result, Profile.SWARM).print(new PrintWriter(text));
    return text.toString();
  }
}
