package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.terminal.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla status}. */
@Command(
    name = "status",
    description = "Shows every node and group. Exit code 5 when a group has no leader.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla status                     of the cluster in ./flotilla-data",
      "  flotilla status --hash              with each replica's state hash: equal when equal",
      "  flotilla status --config prod.yaml  of a cluster that runs elsewhere",
      "  flotilla status -b http://host:8080 groups and leaders, as a balancer sees them"
    })
public final class StatusCommand implements Callable<Integer> {
  private static final Duration PLAIN_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration HASH_TIMEOUT = Duration.ofSeconds(35);

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Asks the nodes this cluster file names, instead of those in cluster.json.")
  private @Nullable Path config;

  @Option(
      names = {"-b", "--balancer"},
      paramLabel = "URL",
      description = "Asks this balancer for its groups and their leaders, instead of the nodes.")
  private @Nullable String balancer;

  @Option(
      names = "--hash",
      description = "Computes each replica's state hash; reads its whole state.")
  private boolean hash;

  private final Terminal terminal;

  public StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A node as we know it before asking it. */
  private record Known(String name, String group, String http) {}

  /**
   * One replica in the table.
   *
   * @param part the replica's role, or why it is no member; empty without one
   * @param problem why there is no replica
   * @param lag entries behind the most advanced commit index of the group
   */
  record Row(
      String node,
      String group,
      long pid,
      NodeView.@Nullable Replica replica,
      String part,
      String problem,
      long lag) {}

  @Override
  public Integer call() {
    String front = balancer;
    if (front != null) {
      return askBalancer(front);
    }
    List<Known> known = known();
    Map<String, String> addresses = new LinkedHashMap<>();
    known.forEach(node -> addresses.put(node.name(), node.http()));
    List<NodeView> views;
    try (NodeProbe probe = new NodeProbe(hash ? HASH_TIMEOUT : PLAIN_TIMEOUT)) {
      views = probe.nodes(addresses, hash);
    }
    Set<String> groups = new TreeSet<>();
    known.forEach(node -> groups.addAll(List.of(node.group().split(","))));
    groups.remove(""); // of a node that hosts nothing
    List<Row> rows = rows(known, views);
    List<String> leaderless =
        groups.stream()
            .filter(group ->
                rows.stream()
                    .noneMatch(row ->
                        row.replica() != null
                            && row.group().equals(group)
                            && row.replica().leads()))
            .toList();
    if (output.json()) {
      terminal.line(OutputOption.toJson(document(rows, leaderless)));
    } else {
      ClusterTable.status(terminal, rows, hash).lines(terminal::dim).forEach(terminal::line);
      terminal.line();
      printSummary(leaderless);
    }
    return leaderless.isEmpty() ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private int askBalancer(String url) {
    String body = new KvClient(ClientOptions.parse(url), PLAIN_TIMEOUT).status();
    BalancerStatus status = BalancerStatus.read(body);
    if (output.json()) {
      terminal.line(body.strip());
    } else {
      status.table(terminal).lines(terminal::dim).forEach(terminal::line);
      terminal.line();
      printSummary(status.leaderless());
    }
    return status.leaderless().isEmpty() ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private void printSummary(List<String> leaderless) {
    terminal.line(
        leaderless.isEmpty()
            ? terminal.green("Every group has a leader.")
            : terminal.red("Without a leader: " + String.join(", ", leaderless)));
  }

  private List<Known> known() {
    Path file = config;
    if (file != null) {
      ClusterConfig cluster =
          ClusterConfigReader.read(file, Overrides.of(List.of(), System.getenv()));
      return cluster.nodes().stream()
          .map(node ->
              new Known(
                  node.name(),
                  String.join(
                      ",", cluster.groupsOf(node).stream().map(ClusterConfig.Group::name).toList()),
                  node.http().advertise().toString()))
          .toList();
    }
    return ClusterFile.read(dataDirectory.path())
        .orElseThrow(() ->
            new Failure(
                ExitCode.FAILED,
                "No cluster runs from " + dataDirectory.path() + ".",
                "Start one with: flotilla up (or name its folder with --data-dir, or its file"
                    + " with --config)."))
        .nodes()
        .stream()
        .map(node -> new Known(node.name(), node.group(), node.http()))
        .toList();
  }

  private static List<Row> rows(List<Known> known, List<NodeView> views) {
    Map<String, Long> commits = new LinkedHashMap<>();
    Map<String, NodeView.Replica> leaders = new LinkedHashMap<>();
    for (NodeView view : views) {
      view.replicas().stream()
          .filter(NodeView.Replica::leads)
          .forEach(replica ->
              leaders.merge(
                  replica.group(),
                  replica,
                  (one, other) -> one.term() < other.term() ? other : one));
      view.replicas()
          .forEach(replica -> commits.merge(replica.group(), replica.commitIndex(), Math::max));
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      NodeView view = views.get(i);
      String name = known.get(i).name();
      if (view.problem() != null) {
        for (String group : known.get(i).group().split(",")) {
          rows.add(new Row(name, group, 0, null, "", view.problem(), 0));
        }
      }
      for (NodeView.Replica replica : view.replicas()) {
        long ahead = commits.getOrDefault(replica.group(), 0L);
        rows.add(
            new Row(
                name,
                replica.group(),
                view.pid(),
                replica,
                part(name, replica, leaders.get(replica.group())),
                "",
                Math.max(0, ahead - replica.appliedIndex())));
      }
    }
    return rows;
  }

  /** One that was removed while it could not be reached has not heard of it; its leader knows. */
  private static String part(
      String node, NodeView.Replica replica, NodeView.@Nullable Replica leader) {
    boolean removed =
        leader != null
            && replica.standing().equals("MEMBER")
            && !replica.leads()
            && !leader.names(node);
    return removed ? "REMOVED" : replica.part();
  }

  private static Map<String, @Nullable Object> document(List<Row> rows, List<String> leaderless) {
    List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    for (Row row : rows) {
      Map<String, @Nullable Object> node = new LinkedHashMap<>();
      node.put("node", row.node());
      node.put("group", row.group());
      NodeView.Replica replica = row.replica();
      if (replica == null) {
        node.put("problem", row.problem());
      } else {
        node.put("pid", row.pid());
        node.put("role", replica.state());
        node.put("part", row.part());
        node.put("term", replica.term());
        node.put("leader", replica.leader());
        node.put("commitIndex", replica.commitIndex());
        node.put("appliedIndex", replica.appliedIndex());
        node.put("lag", row.lag());
        node.put("snapshotsInstalled", replica.snapshotsInstalled());
        node.put("compactions", replica.compactions());
        node.put("stateHash", replica.stateHash());
      }
      nodes.add(node);
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("nodes", nodes);
    document.put("groupsWithoutLeader", leaderless);
    return document;
  }
}
