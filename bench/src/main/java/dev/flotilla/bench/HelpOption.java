package dev.flotilla.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code -h} on every command. */
@Command
final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;
}
