package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.config.Units;
import dev.flotilla.launcher.terminal.Terminal;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla watch-cluster}: the table of status, live. */
@Command(
    name = "watch-cluster",
    description = {
      "Shows every replica and what changes, until Ctrl-C.",
      "On a terminal the table stays in its place; elsewhere only the changes are printed, a line each."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla watch-cluster",
      "  flotilla watch-cluster --every 250ms",
      "  flotilla watch-cluster --count 10 > changes.txt",
      "  flotilla watch-cluster -o json          a document for each look"
    })
public final class WatchClusterCommand implements Callable<Integer> {
  private static final Duration PROBE_TIMEOUT = Duration.ofMillis(900);
  private static final int MOST_CHANGES = 12;
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

  @Mixin private NodesOptions options = new NodesOptions();

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "How often to look, as in 500ms. Default: 1s.")
  private String every = "1s";

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "Ends after so many looks. Default: goes on until Ctrl-C.")
  private long count;

  private final Terminal terminal;

  public WatchClusterCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration pause =
        Units.parseDuration(every)
            .filter(given -> given.toMillis() >= 50)
            .orElseThrow(() ->
                new Failure(ExitCode.USAGE, "--every: expected at least 50ms, found " + every, ""));
    List<KnownNode> known = options.known();
    ClusterChanges changes = new ClusterChanges();
    Deque<String> told = new ArrayDeque<>();
    boolean leaderless = false;
    try (NodeProbe probe = new NodeProbe(PROBE_TIMEOUT)) {
      for (long looks = 1; count == 0 || looks <= count; looks++) {
        ReplicaRows found = ReplicaRows.ask(known, probe, false);
        leaderless = !found.leaderless().isEmpty();
        show(found, changes.since(found), told);
        if (count == 0 || looks < count) {
          Thread.sleep(pause);
        }
      }
    }
    return leaderless ? ExitCode.NO_QUORUM : ExitCode.DONE;
  }

  private void show(ReplicaRows found, List<String> news, Deque<String> told) {
    String now = LocalTime.now().truncatedTo(ChronoUnit.SECONDS).toString();
    if (options.output().json()) {
      Map<String, @Nullable Object> document =
          new LinkedHashMap<>(StatusCommand.document(found.rows(), found.leaderless()));
      document.put("changes", news);
      terminal.line(OutputOption.toJson(document));
      return;
    }
    if (!terminal.isInteractive()) {
      news.forEach(line -> terminal.line(now + "  " + line));
      return;
    }
    for (String line : news) {
      if (told.size() == MOST_CHANGES) {
        told.removeFirst();
      }
      told.addLast(now + "  " + line);
    }
    List<String> page = new ArrayList<>();
    page.add(terminal.bold("flotilla") + "  " + now + terminal.dim("   Ctrl-C ends"));
    page.add("");
    page.addAll(ClusterTable.status(terminal, found.rows(), false).lines(terminal::dim));
    page.add("");
    page.add(
        found.leaderless().isEmpty()
            ? terminal.green("Every group has a leader.")
            : terminal.red("Without a leader: " + String.join(", ", found.leaderless())));
    page.add("");
    page.addAll(told);
    terminal.line(HOME_AND_CLEAR + String.join(System.lineSeparator(), page));
  }
}
