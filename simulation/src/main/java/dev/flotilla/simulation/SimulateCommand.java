package dev.flotilla.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.flotilla.simulation.check.Mark;
import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.faults.Fault;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}: many runs, one after the other, with progress. */
@Command(
    name = "simulate",
    description = {
      "Runs whole clusters on simulated time, disks and network, and checks every step.",
      "",
      "A run is named by its seed: the same seed gives the same run."
    },
    sortOptions = false)
public final class SimulateCommand implements Callable<Integer> {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  @Spec private @Nullable CommandSpec spec;

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
      description = "Stop after so many minutes, whatever --seeds says (0 = never).")
  private int minutes;

  @Option(
      names = "--profile",
      defaultValue = "SWARM",
      description = "What may go wrong: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Scenarios.Profile profile = Scenarios.Profile.SWARM;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "KIND",
      description = "Faults to leave out: ${COMPLETION-CANDIDATES}.")
  private Set<Fault.Kind> without = EnumSet.noneOf(Fault.Kind.class);

  @Option(names = "--log", description = "Print the nodes' own log lines too.")
  private boolean log;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  public static void main(String... arguments) {
    System.exit(new CommandLine(new SimulateCommand()).execute(arguments));
  }

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (!log && LoggerFactory.getLogger("dev.flotilla") instanceof Logger logger) {
      logger.setLevel(Level.OFF);
    }
    long started = System.nanoTime();
    long printed = started;
    Marks marks = new Marks();
    long virtualNanos = 0;
    long operations = 0;
    long faults = 0;
    long done = 0;
    for (long seed = from; seed < from + seeds; seed++) {
      Scenario scenario = Scenarios.draw(seed, profile);
      RunResult result =
          Simulation.run(
              scenario.withFaults(
                  scenario.faults().stream()
                      .filter(fault -> !without.contains(fault.kind()))
                      .toList()));
      done++;
      marks.addAll(result.marks());
      virtualNanos += result.virtualNanos();
      operations += result.operations();
      faults += result.faults();
      if (!result.passed()) {
        new FailureReport(result, profile).print(out);
        return 1;
      }
      long now = System.nanoTime();
      if (now - printed > 5 * NANOS_PER_SECOND) {
        printed = now;
        progress(out, done, now - started, virtualNanos, operations, faults, marks);
      }
      if (minutes > 0 && now - started > minutes * 60 * NANOS_PER_SECOND) {
        break;
      }
    }
    progress(out, done, System.nanoTime() - started, virtualNanos, operations, faults, marks);
    printMarks(out, marks);
    return 0;
  }

  private static void progress(
      PrintWriter out,
      long done,
      long nanos,
      long virtualNanos,
      long operations,
      long faults,
      Marks marks) {
    out.printf(
        "%,8d seeds  %6.1f/s  %7.2f virtual hours  %,10d operations  %,8d faults  %d of %d marks%n",
        done,
        done * 1e9 / Math.max(1, nanos),
        virtualNanos / 3.6e12,
        operations,
        faults,
        marks.hits().size(),
        Mark.values().length);
    out.flush();
  }

  private static void printMarks(PrintWriter out, Marks marks) {
    for (Mark mark : Mark.values()) {
      out.printf("  %-45s %,12d%n", mark, marks.count(mark));
    }
    out.flush();
  }
}
