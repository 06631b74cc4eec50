package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.NodeView;
import dev.flotilla.launcher.cluster.RunningCluster;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code up} shows once the cluster serves. */
final class UpScreen {
  /** Groups of a node beyond this number are counted, not named. */
  private static final int MOST_NAMED = 4;

  private final Terminal terminal;
  private final ClusterConfig config;
  private final Path directory;

  UpScreen(Terminal terminal, ClusterConfig config, Path directory) {
    this.terminal = terminal;
    this.config = config;
    this.directory = directory;
  }

  void ready(List<NodeView> views, RunningCluster cluster, Duration took, boolean processes) {
    table(views, cluster).lines(terminal::dim).forEach(terminal::line);
    String balancer = "http://" + config.balancer().advertise();
    terminal.line();
    terminal.line(
        terminal.green("Ready")
            + String.format(Locale.ROOT, " in %.1f s", took.toMillis() / 1e3)
            + "   balancer "
            + terminal.bold(balancer)
            + " (pid "
            + cluster.balancerPid()
            + ")   data "
            + directory);
    terminal.line();
    terminal.line("Try it:");
    for (String request : List.of("SET|greeting|hello", "GET|greeting|", "DELETE|greeting|")) {
      terminal.line(
          "  curl -d key=greeting --data-urlencode 'request="
              + request
              + "' "
              + balancer
              + "/request");
    }
    terminal.line("Dashboard: " + balancer + "/");
    terminal.line();
    terminal.line(
        terminal.dim(
            processes
                ? "Logs in "
                    + config.logDirectory()
                    + ". Kill any of these processes; Ctrl-C stops all."
                : "Logs in " + config.logDirectory() + ". Ctrl-C stops the cluster."));
  }

  private Table table(List<NodeView> views, RunningCluster cluster) {
    Table table =
        new Table()
            .column("NODE", Align.LEFT)
            .column("GROUP", Align.LEFT)
            .column("ROLE", Align.LEFT)
            .column("GRPC", Align.LEFT)
            .column("HTTP", Align.LEFT)
            .column("PID", Align.RIGHT)
            .column("DIRECTORY", Align.LEFT);
    for (int i = 0; i < config.nodes().size(); i++) {
      ClusterConfig.Node node = config.nodes().get(i);
      NodeView view = views.get(i);
      table.row(
          Cell.of(node.name()),
          Cell.of(groups(config.groupsOf(node))),
          roles(view.replicas()),
          Cell.of(node.grpc().advertise().toString()),
          Cell.of(node.http().advertise().toString()),
          Cell.of(cluster.pidOf(node.id())),
          Cell.of(node.directory().toString()));
    }
    return table;
  }

  private static String groups(List<ClusterConfig.Group> groups) {
    return groups.size() > MOST_NAMED
        ? groups.size() + " groups"
        : groups.stream().map(ClusterConfig.Group::name).collect(Collectors.joining(","));
  }

  private Cell roles(List<NodeView.Replica> replicas) {
    if (replicas.size() == 1) {
      return ClusterTable.role(terminal, replicas.getFirst().part());
    }
    List<String> parts =
        replicas.stream().map(replica -> replica.part().toLowerCase(Locale.ROOT)).toList();
    if (parts.size() <= MOST_NAMED) {
      return Cell.of(String.join(",", parts));
    }
    Map<String, Long> counts =
        parts.stream()
            .collect(Collectors.groupingBy(part -> part, TreeMap::new, Collectors.counting()));
    return Cell.of(
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", ")));
  }
}
