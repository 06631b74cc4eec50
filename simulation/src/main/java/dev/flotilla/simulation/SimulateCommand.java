package dev.flotilla.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.flotilla.simulation.Scenarios.Profile;
import dev.flotilla.simulation.check.Mark;
import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.faults.Fault;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}: many runs, on all processors, with progress. */
@Command(
    name = "simulate",
    header = "Proves the code: whole clusters on simulated time, disks and network.",
    description = {
      "",
      "Runs real nodes, balancers and clients in one thread each run, hurts them in every way"
          + " the profile allows, and checks every step and every answer. A run is named by its"
          + " seed: the same seed gives the same run. The first failure ends the command with 1,"
          + " a smaller run that fails in the same way, and the line that replays it."
    },
    sortOptions = false)
public final class SimulateCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_HOUR = 3.6e12;
  private static final long PROGRESS_NANOS = 5_000_000_000L;

  /** Seeds between two looks at the clock, for each processor. */
  private static final int BATCH = 8;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seeds",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description = "How many runs (default: ${DEFAULT-VALUE}).")
  private long seeds;

  @Option(
      names = "--from",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "The first seed (default: ${DEFAULT-VALUE}).")
  private long from;

  @Option(
      names = "--minutes",
      paramLabel = "MINUTES",
      defaultValue = "0",
      description = "Run for so many minutes, whatever --seeds says.")
  private int minutes;

  @Option(
      names = "--profile",
      defaultValue = "SWARM",
      description = "What may go wrong: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Profile profile = Profile.SWARM;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "FAULT",
      description = "Faults to leave out: ${COMPLETION-CANDIDATES}.")
  private Set<Fault.Kind> without = EnumSet.noneOf(Fault.Kind.class);

  @Option(
      names = "--as-it-is",
      description = "Report a failing run as it is, without looking for a smaller one.")
  private boolean asItIs;

  @Option(names = "--hash", description = "Print each run's trace hash.")
  private boolean hash;

  @Option(names = "--log", description = "Print the nodes' own log lines too.")
  private boolean log;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  private final Marks marks = new Marks();
  private long done;
  private long virtualNanos;
  private long operations;
  private long faults;

  public static void main(String... arguments) {
    System.exit(new CommandLine(new SimulateCommand()).execute(arguments));
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!log && LoggerFactory.getLogger("dev.flotilla") instanceof Logger logger) {
      logger.setLevel(Level.OFF);
    }
    long started = System.nanoTime();
    long printed = started;
    long last = minutes > 0 ? Long.MAX_VALUE : from + seeds;
    int batch = Runtime.getRuntime().availableProcessors() * BATCH;
    for (long seed = from; seed < last; seed += batch) {
      List<RunResult> results =
          LongStream.range(seed, Math.min(last, seed + batch))
              .parallel()
              .mapToObj(this::run)
              .toList();
      for (RunResult result : results) {
        if (!result.passed()) {
          report(result, out);
          return CommandLine.ExitCode.SOFTWARE;
        }
        count(result, out);
      }
      long now = System.nanoTime();
      if (now - printed > PROGRESS_NANOS) {
        printed = now;
        progress(out, now - started);
      }
      if (minutes > 0 && now - started > minutes * 60 * NANOS_PER_SECOND) {
        break;
      }
    }
    progress(out, System.nanoTime() - started);
    printMarks(out);
    return CommandLine.ExitCode.OK;
  }

  private RunResult run(long seed) {
    Scenario scenario = Scenarios.draw(seed, profile);
    return Simulation.run(
        scenario.withFaults(
            scenario.faults().stream().filter(fault -> !without.contains(fault.kind())).toList()));
  }

  private void count(RunResult result, PrintWriter out) {
    done++;
    marks.addAll(result.marks());
    virtualNanos += result.virtualNanos();
    operations += result.operations();
    faults += result.faults();
    if (hash) {
      out.printf("seed %d trace %016x%n", result.scenario().seed(), result.traceHash());
    }
  }

  private void report(RunResult result, PrintWriter out) {
    out.printf("%nseed %d fails: %s%n", result.scenario().seed(), result.violation());
    out.flush();
    RunResult smallest = asItIs ? result : new Shrinker(result, out::println).shrink();
    new FailureReport(smallest, profile).print(out);
  }

  private void progress(PrintWriter out, long nanos) {
    out.printf(
        "%,9d seeds %6.1f/s %8.2f virtual hours %,11d operations %,9d faults %3d of %d marks%n",
        done,
        done * NANOS_PER_SECOND / Math.max(1, nanos),
        virtualNanos / NANOS_PER_HOUR,
        operations,
        faults,
        marks.hits().size(),
        Mark.values().length);
    out.flush();
  }

  private void printMarks(PrintWriter out) {
    for (Mark mark : Mark.values()) {
      out.printf("  %-45s %,12d%n", mark, marks.count(mark));
    }
    out.flush();
  }
}
