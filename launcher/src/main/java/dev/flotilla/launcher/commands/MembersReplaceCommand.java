package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.terminal.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla members replace}. */
@Command(
    name = "replace",
    description = {
      "Lets one node into a group and takes another out, as one change.",
      "",
      "The newcomer learns first, and in the moment it begins to vote the other goes. Until then the",
      "voters are as they were, so a dead node can be replaced as well as one that runs."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla node n10 --join g1            first, in another terminal",
      "  flotilla members replace g1 n3 n10"
    })
public final class MembersReplaceCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "As in g1.")
  private String group = "";

  @Parameters(index = "1", paramLabel = "LEAVING", description = "Who goes, as in n3.")
  private String leaving = "";

  @Parameters(index = "2", paramLabel = "NEWCOMER", description = "Who comes, as in n10.")
  private String newcomer = "";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "The newcomer's gRPC address. Default: as the cluster file says.")
  private @Nullable String address;

  @Mixin private CatchUpOption catchUp = new CatchUpOption();

  private final Terminal terminal;

  public MembersReplaceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    MemberChangeRun run = new MemberChangeRun(terminal, options, group);
    return run.run(
        run.node(newcomer), run.address(newcomer, address), run.node(leaving), catchUp.get());
  }
}
