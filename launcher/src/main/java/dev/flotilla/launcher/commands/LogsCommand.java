package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.Patience;
import dev.flotilla.launcher.config.DidYouMean;
import dev.flotilla.launcher.logs.AuditText;
import dev.flotilla.launcher.logs.LogDirectory;
import dev.flotilla.launcher.logs.LogLine;
import dev.flotilla.launcher.logs.LogSession;
import dev.flotilla.launcher.node.StopSignals;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla logs [NAME]}. */
@Command(
    name = "logs",
    description = {
      "Shows the end of the logs, all programs' together by time or one's alone.",
      "",
      "flotilla up logs as flotilla when everything runs in its process; with --processes it logs as",
      "supervisor, each node under its name and the balancer as balancer. audit shows the elections,",
      "changes of leader and of members of all nodes. up shows what flotilla start printed.",
      "",
      "Exit code 3 when there is no such log."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla logs                       the last 50 lines of all",
      "  flotilla logs -f                    and what comes, until Ctrl-C",
      "  flotilla logs n3 --lines 200        of one node that is a process of its own",
      "  flotilla logs --grep n3             of one node of many in one process",
      "  flotilla logs audit --grep g1       who led g1 and when"
    })
public final class LogsCommand implements Callable<Integer> {
  private static final String AUDIT = "audit";
  private static final long LOOK_MILLIS = 200;

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description =
          "A node, balancer, supervisor, flotilla, up, or audit. Default: all but up and audit.")
  private @Nullable String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "How many lines of what is there. Default: 50.")
  private int lines = 50;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with what comes, until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--grep",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only lines with this text in them.")
  private String grep = "";

  private final Terminal terminal;
  private final Patience.Sleeper sleeper;
  private final Supplier<BooleanSupplier> stopping;

  public LogsCommand(Terminal terminal) {
    this(terminal, Thread::sleep, () -> StopSignals.install()::isAsked);
  }

  /**
   * @param stopping made when following begins; then says whether it is to end
   */
  LogsCommand(Terminal terminal, Patience.Sleeper sleeper, Supplier<BooleanSupplier> stopping) {
    this.terminal = terminal;
    this.sleeper = sleeper;
    this.stopping = stopping;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (lines < 0) {
      throw new Failure(ExitCode.USAGE, "--lines must be 0 or more, found " + lines, "");
    }
    LogDirectory logs = new LogDirectory(dataDirectory.path());
    LogSession.Listing listing = listing(logs);
    if (listing.sources().isEmpty()) {
      throw nothing(logs);
    }
    String text = grep;
    try (LogSession session = new LogSession(listing, line -> line.contains(text))) {
      LogSession.Tail tail = session.tail(lines, follow);
      if (tail.isCut()) {
        terminal.problem("note: only the newest lines are looked at, as many as fit into memory.");
      }
      print(session, tail.lines());
      if (follow) {
        follow(session);
      }
    }
    return ExitCode.DONE;
  }

  private void follow(LogSession session) throws IOException, InterruptedException {
    BooleanSupplier isAsked = stopping.get();
    while (!isAsked.getAsBoolean()) {
      List<LogLine> news = session.poll();
      print(session, news);
      if (terminal.out().checkError()) {
        return; // nobody reads any more, as in logs -f | head
      }
      if (news.isEmpty()) {
        sleeper.sleep(LOOK_MILLIS);
      }
    }
  }

  private LogSession.Listing listing(LogDirectory logs) {
    String wanted = name;
    if (wanted == null) {
      return logs::logs;
    }
    return wanted.equals(AUDIT) ? logs::audits : () -> logs.named(wanted).stream().toList();
  }

  private Failure nothing(LogDirectory logs) throws IOException {
    String wanted = name;
    List<String> known = logs.logs().stream().map(LogDirectory.Source::name).toList();
    if (wanted == null || known.isEmpty()) {
      return new Failure(
          wanted == null ? ExitCode.FAILED : ExitCode.NOT_FOUND,
          "There are no logs in " + logs.path() + ".",
          "Start a cluster with: flotilla start (or name its folder with --data-dir).");
    }
    return new Failure(
        ExitCode.NOT_FOUND,
        "There is no log of "
            + wanted
            + DidYouMean.hint(wanted, known)
            + " in "
            + logs.path()
            + ".",
        "There is "
            + String.join(", ", known)
            + (known.contains("flotilla") && !wanted.equals(AUDIT)
                ? ". Nodes that share a process share its log: flotilla logs flotilla --grep "
                    + wanted
                : "."));
  }

  private void print(LogSession session, List<LogLine> news) {
    boolean isAudit = AUDIT.equals(name);
    for (LogLine line : news) {
      if (output.json()) {
        terminal.line(isAudit ? line.text() : json(line));
      } else if (isAudit) {
        terminal.line(AuditText.of(line.text()));
      } else {
        terminal.line(
            session.isMixed() ? terminal.dim(line.source() + " | ") + line.text() : line.text());
      }
    }
  }

  private static String json(LogLine line) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("source", line.source());
    document.put("line", line.text());
    return OutputOption.toJson(document);
  }
}
