package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla members remove}. */
@Command(
    name = "remove",
    description = {
      "Takes a node out of a group.",
      "",
      "A leader may be removed too: it hands over. The node's process goes on and can be stopped",
      "afterwards. Exit code 3 when the node is no member, 1 when the group refuses (the last voter",
      "stays), 5 when nobody leads it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  flotilla members remove g1 n3"})
public final class MembersRemoveCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "As in g1.")
  private String group = "";

  @Parameters(index = "1", paramLabel = "NODE", description = "Who goes, as in n3.")
  private String node = "";

  private final Terminal terminal;

  public MembersRemoveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    MemberChangeRun run = new MemberChangeRun(terminal, options, group);
    return run.run(0, "", run.node(node), CatchUpOption.NONE);
  }
}
