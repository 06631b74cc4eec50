package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code start} shows of a cluster that serves. */
final class StartScreen {
  private final ClusterFile file;
  private final Path directory;

  StartScreen(ClusterFile file, Path directory) {
    this.file = file;
    this.directory = directory;
  }

  /**
   * @param headline as in {@code Ready in 5.0 s}
   * @param dataDirectory what other commands must be told; begins with a space, if not empty
   */
  void print(Terminal terminal, String headline, String dataDirectory) {
    table().lines(terminal::dim).forEach(terminal::line);
    String balancer = "http://" + file.balancer().http();
    terminal.line();
    terminal.line(
        headline
            + "   balancer "
            + terminal.bold(balancer)
            + " (pid "
            + file.balancer().pid()
            + ")   data "
            + directory);
    terminal.line();
    terminal.line("Dashboard: " + balancer + "/");
    terminal.line("Next:");
    for (String next : List.of("status", "logs -f", "stop")) {
      terminal.line("  flotilla " + next + dataDirectory);
    }
  }

  private Table table() {
    Table table =
        new Table()
            .column("NODE", Align.LEFT)
            .column("GROUP", Align.LEFT)
            .column("GRPC", Align.LEFT)
            .column("HTTP", Align.LEFT)
            .column("PID", Align.RIGHT)
            .column("DIRECTORY", Align.LEFT);
    for (ClusterFile.NodeEntry node : file.nodes()) {
      table.row(
          Cell.of(node.name()),
          Cell.of(node.group()),
          Cell.of(node.grpc()),
          Cell.of(node.http()),
          Cell.of(node.pid()),
          Cell.of(node.directory()));
    }
    return table;
  }

  /**
   * The same as {@code up -o json} prints, and who supervises it.
   *
   * @param readyMillis since the command began
   */
  Map<String, @Nullable Object> document(boolean alreadyRunning, long readyMillis, Path output) {
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (ClusterFile.NodeEntry node : file.nodes()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", node.name());
      entry.put("groups", node.group().isEmpty() ? List.of() : List.of(node.group().split(",")));
      entry.put("grpc", node.grpc());
      entry.put("http", node.http());
      entry.put("pid", node.pid());
      entry.put("directory", node.directory());
      nodes.add(entry);
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("ready", true);
    document.put("alreadyRunning", alreadyRunning);
    document.put("readyMillis", readyMillis);
    document.put("cluster", file.cluster());
    document.put("pid", file.launcherPid());
    document.put("balancer", "http://" + file.balancer().http());
    document.put("dataDirectory", directory.toString());
    document.put("output", output.toString());
    document.put("nodes", nodes);
    return document;
  }
}
