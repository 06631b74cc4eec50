package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.config.Units;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla verify}: whether replicas hold the same. */
@Command(
    name = "verify",
    description = {
      "Compares the replicas of every group by the hash of their whole state.",
      "Two that have applied the same entries must have the same hash; one that differs is wrong, and",
      "exit code 1 says so.",
      "",
      "Replicas are compared at an index that both were seen at, so it looks again until each was",
      "compared with another one, for --timeout at most. Under many writes that may not happen;",
      "it is said which could not be compared, with exit code 5."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla verify",
      "  flotilla verify --timeout 60s -o json",
      "  flotilla verify --config prod.yaml"
    })
public final class VerifyCommand implements Callable<Integer> {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(35);

  /** Between two looks: long enough for followers to hear of the last commit index. */
  private static final long LOOK_MILLIS = 50;

  @Mixin private NodesOptions options = new NodesOptions();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "20s",
      description = "How long to look, as in 20s. Default: 20s.")
  private String timeout = "20s";

  private final Terminal terminal;

  public VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration patience =
        Units.parseDuration(timeout)
            .orElseThrow(() ->
                new Failure(
                    ExitCode.USAGE,
                    "--timeout: expected " + Units.DURATION_FORM + ", found " + timeout,
                    ""));
    List<KnownNode> known = options.known();
    StateComparison comparison = new StateComparison();
    long deadline = System.nanoTime() + patience.toNanos();
    try (NodeProbe probe = new NodeProbe(PROBE_TIMEOUT)) {
      while (true) {
        comparison.add(ReplicaRows.ask(known, probe, true).rows());
        if (comparison.isComplete() || System.nanoTime() - deadline >= 0) {
          break;
        }
        terminal.progress("looking for replicas at the same index");
        Thread.sleep(LOOK_MILLIS);
      }
    }
    return tell(comparison);
  }

  private int tell(StateComparison comparison) {
    List<StateComparison.Verdict> verdicts = comparison.verdicts();
    boolean differ = verdicts.stream().anyMatch(verdict -> !verdict.differing().isEmpty());
    boolean unknown = verdicts.stream().anyMatch(verdict -> !verdict.uncompared().isEmpty());
    if (options.output().json()) {
      terminal.line(OutputOption.toJson(document(verdicts)));
    } else {
      table(verdicts).lines(terminal::dim).forEach(terminal::line);
      terminal.line();
      terminal.line(
          differ
              ? terminal.red("Replicas differ. Stop writing, keep every disk, see docs/runbook.md.")
              : unknown
                  ? terminal.yellow("No difference was seen, but not every replica was compared.")
                  : terminal.green("All replicas hold the same."));
    }
    return differ ? ExitCode.FAILED : unknown ? ExitCode.NO_QUORUM : ExitCode.DONE;
  }

  private Table table(List<StateComparison.Verdict> verdicts) {
    Table table =
        new Table()
            .column("GROUP", Align.LEFT)
            .column("SAME", Align.LEFT)
            .column("AT INDEX", Align.RIGHT)
            .column("STATE HASH", Align.LEFT)
            .column("", Align.LEFT);
    for (StateComparison.Verdict verdict : verdicts) {
      table.row(
          Cell.of(verdict.group()),
          Cell.of(String.join(" ", verdict.same())),
          Cell.of(verdict.index()),
          Cell.of(verdict.hash()),
          verdict.differing().isEmpty()
              ? verdict.uncompared().isEmpty()
                  ? new Cell("equal", terminal::green)
                  : new Cell(
                      "not compared: " + String.join(" ", verdict.uncompared()), terminal::yellow)
              : new Cell("DIFFERENT: " + String.join(" ", verdict.differing()), terminal::red));
    }
    return table;
  }

  private static Map<String, @Nullable Object> document(List<StateComparison.Verdict> verdicts) {
    return new LinkedHashMap<>(Map.of("groups", rows(verdicts)));
  }

  /** A group each, as JSON shows them. */
  static List<Map<String, @Nullable Object>> rows(List<StateComparison.Verdict> verdicts) {
    List<Map<String, @Nullable Object>> groups = new ArrayList<>();
    for (StateComparison.Verdict verdict : verdicts) {
      Map<String, @Nullable Object> group = new LinkedHashMap<>();
      group.put("group", verdict.group());
      group.put("same", verdict.same());
      group.put("index", verdict.index());
      group.put("stateHash", verdict.hash());
      group.put("differing", verdict.differing());
      group.put("notCompared", verdict.uncompared());
      groups.add(group);
    }
    return groups;
  }
}
