package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.terminal.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla members add}. */
@Command(
    name = "add",
    description = {
      "Lets a node into a group.",
      "",
      "It becomes a learner, catches up while clients read and write, and then votes. The node must",
      "run and wait for it (flotilla node NODE --join GROUP). Exit code 1 when the group refuses, 5",
      "when nobody leads it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla members add g1 n10",
      "  flotilla members add g1 n10 --address 10.0.0.7:7001    of a node no cluster file names",
      "  flotilla members add g1 n10 --timeout 2h               a large group, a thin link"
    })
public final class MembersAddCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "As in g1.")
  private String group = "";

  @Parameters(index = "1", paramLabel = "NODE", description = "Who is let in, as in n10.")
  private String node = "";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "The newcomer's gRPC address. Default: as the cluster file says.")
  private @Nullable String address;

  @Mixin private CatchUpOption catchUp = new CatchUpOption();

  private final Terminal terminal;

  public MembersAddCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    MemberChangeRun run = new MemberChangeRun(terminal, options, group);
    return run.run(run.node(node), run.address(node, address), 0, catchUp.get());
  }
}
