package dev.flotilla.launcher.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla} itself. */
@Command(
    name = "flotilla",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    description = {
      "A sharded, linearizable key-value database: many small Raft groups, one consistent-hash ring,",
      "one front door."
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nA first tour:%n",
    footer = {
      "  flotilla up                       nine nodes, three groups and the balancer, until Ctrl-C",
      "  flotilla set greeting hello       in another terminal",
      "  flotilla get greeting",
      "  flotilla status                   who leads, how far everyone is",
      "  flotilla demo                     a guided tour: a leader dies, nothing is lost",
      "  flotilla members --help           more nodes, fewer nodes, other nodes",
      "",
      "Each command explains itself with --help. Exit codes: 0 done, 1 failed, 2 usage, 3 not found,",
      "4 compare failed, 5 no quorum, 70 storage failure, 78 bad configuration, 130 second Ctrl-C."
    })
public final class RootCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
