package dev.flotilla.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla bench}: measures a running cluster, and hurts it to see what it loses. */
@Command(
    name = "bench",
    description = "Measures a running cluster, or hurts it to see what it loses.",
    subcommands = {RunCommand.class, LedgerCommand.class, KillCommand.class})
public final class BenchCommand implements Runnable {

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  public BenchCommand() {}

  /** The command with its subcommands and help, to be used alone or added to a larger command. */
  public static CommandLine commandLine() {
    return new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to bench: run, ledger or kill.");
  }
}
