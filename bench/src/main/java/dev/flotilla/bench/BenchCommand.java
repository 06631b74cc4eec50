package dev.flotilla.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla bench}: measures a running cluster, and hurts it to see what it loses. */
@Command(
    name = "bench",
    description = "Measures a running cluster, or hurts it to see what it loses.",
    mixinStandardHelpOptions = true,
    subcommands = {FormCommand.class, LedgerCommand.class, KillCommand.class})
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  public BenchCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to bench: form, ledger or kill.");
  }
}
