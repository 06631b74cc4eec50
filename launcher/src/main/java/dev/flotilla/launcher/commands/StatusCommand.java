package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
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

  @Mixin private NodesOptions options = new NodesOptions();

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

  @Override
  public Integer call() {
    String front = balancer;
    if (front != null) {
      return askBalancer(front);
    }
    ReplicaRows found;
    try (NodeProbe probe = new NodeProbe(hash ? HASH_TIMEOUT : PLAIN_TIMEOUT)) {
      found = ReplicaRows.ask(options.known(), probe, hash);
    }
    List<String> leaderless = found.leaderless();
    if (options.output().json()) {
      terminal.line(OutputOption.toJson(document(found.rows(), leaderless)));
    } else {
      ClusterTable.status(terminal, found.rows(), hash)
          .lines(terminal::dim)
          .forEach(terminal::line);
      terminal.line();
      printSummary(leaderless);
    }
    return leaderless.isEmpty() ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private int askBalancer(String url) {
    String body = new KvClient(ClientOptions.parse(url), PLAIN_TIMEOUT).status();
    BalancerStatus status = BalancerStatus.read(body);
    if (options.output().json()) {
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

  static Map<String, @Nullable Object> document(
      List<ReplicaRows.Row> rows, List<String> leaderless) {
    List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    for (ReplicaRows.Row row : rows) {
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
