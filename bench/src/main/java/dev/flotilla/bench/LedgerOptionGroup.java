package dev.flotilla.bench;

import dev.flotilla.bench.ledger.LedgerOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that writes a ledger. */
final class LedgerOptionGroup {

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "4",
      description = "Writers for each group. Default: 4.")
  private int workers;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      defaultValue = "128",
      description = "Length of the values. Default: 128.")
  private int valueBytes;

  @Option(
      names = "--pause",
      paramLabel = "MS",
      defaultValue = "10",
      description = "Between two writes of a writer. Default: 10.")
  private long pauseMillis;

  @Option(
      names = "--give-up",
      paramLabel = "S",
      defaultValue = "60",
      description = "How long to retry a write. Default: 60.")
  private long giveUpSeconds;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Part of every key; new for each run on a database. Default: made of the time.")
  private @Nullable String run;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  LedgerOptionGroup() {}

  LedgerOptions options(InetSocketAddress balancer, int groups) {
    String name =
        Optional.ofNullable(run)
            .orElseGet(() -> "r" + Long.toString(System.currentTimeMillis(), 36));
    LedgerOptions defaults = LedgerOptions.defaults(balancer, "defaults");
    try {
      return new LedgerOptions(
          balancer,
          name,
          groups,
          workers,
          valueBytes,
          Duration.ofMillis(pauseMillis),
          defaults.retryPause(),
          defaults.answerTimeout(),
          Duration.ofSeconds(giveUpSeconds),
          defaults.maxWritesPerWorker());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
