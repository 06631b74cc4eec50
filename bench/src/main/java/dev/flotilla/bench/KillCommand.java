package dev.flotilla.bench;

import dev.flotilla.bench.kill.HttpStatusSource;
import dev.flotilla.bench.kill.KillOptions;
import dev.flotilla.bench.kill.KillRounds;
import dev.flotilla.bench.kill.KillSummary;
import dev.flotilla.bench.kill.LocalProcesses;
import dev.flotilla.bench.kill.Round;
import dev.flotilla.bench.kill.RunningCluster;
import dev.flotilla.bench.kill.Victim;
import dev.flotilla.bench.ledger.LedgerClient;
import dev.flotilla.bench.ledger.LedgerVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code flotilla bench kill}: kill -9 of leaders or followers in turn, while a ledger is written.
 */
@Command(
    name = "kill",
    description = {
      "Kills nodes of a local cluster with -9, one round after the other over the groups, while",
      "writing a ledger; starts each again and goes on when it has caught up. Needs a cluster of",
      "processes (up --processes). Prints lines of JSON; exit code 1 when an acked write is lost,",
      "wrong or doubled, or a group did not recover. The nodes it started again are on their own:",
      "stop them by the pids in cluster.json when the cluster is stopped."
    },
    sortOptions = false)
final class KillCommand implements Callable<Integer> {

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "./flotilla-data",
      description = "Where the cluster keeps its cluster.json. Default: ./flotilla-data.")
  private Path dataDirectory;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many kills. Default: 20.")
  private int rounds;

  @Option(
      names = "--victim",
      defaultValue = "leader",
      description = "What to kill: leader or follower. Default: leader.")
  private Victim victim;

  @Option(
      names = "--steady",
      paramLabel = "S",
      defaultValue = "2",
      description = "How long a group is left alone before its kill. Default: 2.")
  private double steadySeconds;

  @Option(
      names = "--restart",
      paramLabel = "COMMAND",
      defaultValue = "./flotilla node --config {config} --name {name}",
      description = {
        "Starts a node again. Words are split at spaces; {name}, {id}, {directory} and {config}",
        "stand for the node's. Default: ${DEFAULT-VALUE}."
      })
  private String restart;

  @Option(
      names = "--log-dir",
      paramLabel = "DIR",
      description = "Where the output of restarted nodes goes. Default: the data directory's logs.")
  private @Nullable Path logDirectory;

  @Mixin private LedgerOptionGroup ledgerOptions;

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  KillCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunningCluster cluster = RunningCluster.read(dataDirectory);
    InetSocketAddress balancer = address(cluster.balancerHttp());
    int groups = cluster.groups().size();
    LedgerReport report = new LedgerReport(spec.commandLine().getOut());
    LocalProcesses processes =
        new LocalProcesses(
            List.of(restart.trim().split("\\s+")),
            cluster.configuration(),
            logDirectory == null ? dataDirectory.resolve("logs") : logDirectory);
    KillOptions options =
        new KillOptions(
            victim,
            rounds,
            Duration.ofMillis((long) (steadySeconds * 1000)),
            KillOptions.DEFAULT.recoveryTimeout(),
            KillOptions.DEFAULT.catchUpTimeout(),
            KillOptions.DEFAULT.look());
    try (HttpStatusSource statuses = new HttpStatusSource(Duration.ofSeconds(2));
        LedgerClient ledger = LedgerClient.start(ledgerOptions.options(balancer, groups))) {
      if (!ledger.probe().awaitGroups(groups, 30, TimeUnit.SECONDS)) {
        throw new IOException("not every group takes writes");
      }
      KillRounds kills =
          new KillRounds(
              dataDirectory, statuses, processes, ledger.probe(), options, System::nanoTime);
      List<Round> done = kills.run(report::round);
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      KillSummary summary = KillSummary.of(done);
      report.failures(ledger.takeFailures());
      report.summary(summary);
      report.verdict(verdict);
      boolean recovered = victim == Victim.FOLLOWER || summary.notRecovered() == 0;
      return verdict.isClean() && recovered ? 0 : 1;
    }
  }

  private static InetSocketAddress address(String hostAndPort) throws IOException {
    int colon = hostAndPort.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          hostAndPort.substring(0, Math.max(0, colon)),
          Integer.parseInt(hostAndPort.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IOException("cluster.json gives no address of the balancer: " + hostAndPort, e);
    }
  }
}
