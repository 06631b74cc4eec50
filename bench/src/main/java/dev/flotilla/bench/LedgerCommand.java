package dev.flotilla.bench;

import dev.flotilla.bench.ledger.LedgerClient;
import dev.flotilla.bench.ledger.LedgerOptions;
import dev.flotilla.bench.ledger.LedgerVerdict;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code flotilla bench ledger}: writes for a while, then proves that every acked write is there.
 */
@Command(
    name = "ledger",
    description = {
      "Writes unique keys for a while, then reads every one back.",
      "Kill what you like meanwhile, even the balancer. Prints lines of JSON; exit code 1 when an",
      "acked write is lost, wrong or doubled. Nothing else may write to the cluster."
    },
    sortOptions = false)
final class LedgerCommand implements Callable<Integer> {

  @Mixin private TargetOption target;

  @Mixin private LedgerOptionGroup ledgerOptions;

  @Option(
      names = "--groups",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many groups the cluster has. Default: 3.")
  private int groups;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "How long to write. Default: 60.")
  private int seconds;

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  LedgerCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    LedgerOptions options = ledgerOptions.options(target.address(), groups);
    LedgerReport report = new LedgerReport(spec.commandLine().getOut());
    report.started(options.run(), target.authority());
    try (LedgerClient ledger = LedgerClient.start(options)) {
      for (int second = 1; second <= seconds; second++) {
        Thread.sleep(1_000);
        report.progress(second, ledger.probe().successes());
      }
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      report.failures(ledger.takeFailures());
      report.verdict(verdict);
      return verdict.isClean() && verdict.acked() > 0 ? 0 : 1;
    }
  }
}
