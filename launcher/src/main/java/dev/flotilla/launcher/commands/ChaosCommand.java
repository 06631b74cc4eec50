package dev.flotilla.launcher.commands;

import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.chaos.LocalCluster;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flotilla chaos}: hurts a node of the cluster on this machine. */
@Command(
    name = "chaos",
    synopsisSubcommandLabel = "ACTION",
    description = {
      "Hurts a node of the cluster in the data directory, to see what happens.",
      "Nothing that was answered is lost by it: that is the point of trying.",
      "",
      "kill, pause, resume and restart want flotilla up --processes; partition and heal want it to have",
      "been started with --enable-chaos."
    },
    commandListHeading = "%nActions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla chaos kill n1           as kill -9",
      "  flotilla chaos restart n1        starts it again; ends it first if it runs",
      "  flotilla chaos pause n4          it is there and does nothing; resume n4",
      "  flotilla chaos partition n7      nothing passes between it and the others; heal n7"
    })
public final class ChaosCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private ChaosCommand() {}

  /** The command with those below it. */
  static CommandLine commandLine(Terminal terminal) {
    CommandLine chaos = new CommandLine(new ChaosCommand());
    for (LocalNodes.Action action : LocalNodes.Action.values()) {
      CommandLine each = new CommandLine(new Act(terminal, action));
      each.setCommandName(action.text());
      each.getCommandSpec().usageMessage().description(description(action));
      chaos.addSubcommand(action.text(), each);
    }
    return chaos;
  }

  private static String description(LocalNodes.Action action) {
    return switch (action) {
      case KILL -> "Ends a node's process at once, as kill -9 does.";
      case PAUSE -> "Stops a node's process in its tracks, as kill -STOP does.";
      case RESUME -> "Lets a paused process go on.";
      case RESTART -> "Starts a node again; one that still runs is ended first, in order.";
      case PARTITION -> "Lets nothing pass between a node and the others.";
      case HEAL -> "Lets everything pass again.";
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Do what?");
  }

  /** One of the actions. */
  @Command
  static final class Act implements Callable<Integer> {
    @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "NODE", description = "As in n1.")
    private String node = "";

    private final Terminal terminal;
    private final LocalNodes.Action action;

    Act(Terminal terminal, LocalNodes.Action action) {
      this.terminal = terminal;
      this.action = action;
    }

    @Override
    public Integer call() {
      String done;
      try {
        done = new LocalCluster(dataDirectory.path()).act(action, node);
      } catch (LocalNodes.RefusedException e) {
        throw new Failure(
            ExitCode.FAILED,
            String.valueOf(e.getMessage()) + ".",
            "Nothing was done. flotilla status shows the nodes.",
            e);
      }
      if (output.json()) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("node", node);
        document.put("action", action.text());
        document.put("message", done);
        terminal.line(OutputOption.toJson(document));
      } else {
        terminal.line(done);
      }
      return ExitCode.DONE;
    }
  }
}
