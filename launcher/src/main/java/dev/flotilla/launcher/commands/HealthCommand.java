package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code flotilla health}: whether every group takes writes, and how fast. */
@Command(
    name = "health",
    description = {
      "Commits an entry that changes nothing in every group and prints the time taken.",
      "It goes through the balancer: that is what a write takes now. Exit code 5 when a group took none."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla health",
      "  flotilla health -o json",
      "  flotilla health --balancer http://host:8080 --timeout 2s"
    })
public final class HealthCommand implements Callable<Integer> {
  private static final double MICROS_PER_MILLI = 1_000;

  @Mixin private ClientOptions options = new ClientOptions();

  private final Terminal terminal;

  public HealthCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    OperatorClient.Answer answer = options.operator().post("/api/health", Map.of());
    JsonNode document = answer.document();
    if (!document.has("groups")) {
      throw new Failure(ExitCode.FAILED, answer.detail(), "Is it a balancer of this version?");
    }
    List<String> sick = new ArrayList<>();
    for (JsonNode group : document.path("groups")) {
      if (!group.path("ok").asBoolean(false)) {
        sick.add(group.path("group").asString("?"));
      }
    }
    if (options.output().json()) {
      terminal.line(document.toString());
    } else {
      table(document).lines(terminal::dim).forEach(terminal::line);
      terminal.line();
      terminal.line(
          sick.isEmpty()
              ? terminal.green("Every group takes writes.")
              : terminal.red("Took no write: " + String.join(", ", sick)));
    }
    return sick.isEmpty() ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private Table table(JsonNode document) {
    Table table =
        new Table()
            .column("GROUP", Align.LEFT)
            .column("HEALTH", Align.LEFT)
            .column("TOOK", Align.RIGHT)
            .column("LEADER", Align.LEFT)
            .column("TERM", Align.RIGHT)
            .column("", Align.LEFT);
    for (JsonNode group : document.path("groups")) {
      boolean ok = group.path("ok").asBoolean(false);
      table.row(
          Cell.of(group.path("group").asString("?")),
          ok ? new Cell("ok", terminal::green) : new Cell("no write", terminal::red),
          Cell.of(
              String.format(
                  Locale.ROOT, "%.1f ms", group.path("micros").asLong(0) / MICROS_PER_MILLI)),
          Cell.of(group.path("leader").asString("")),
          Cell.of(group.path("term").asLong(0)),
          Cell.of(group.path("message").asString("")));
    }
    return table;
  }
}
