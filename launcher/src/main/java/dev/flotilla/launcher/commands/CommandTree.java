package dev.flotilla.launcher.commands;

import dev.flotilla.bench.BenchCommand;
import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import dev.flotilla.simulation.SimulateCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Puts the commands together and turns what they throw into words and exit codes. */
public final class CommandTree {
  private static final int USAGE_WIDTH = 104;

  private CommandTree() {}

  public static CommandLine of(Terminal terminal) {
    CommandLine root = new CommandLine(new RootCommand());
    for (Object command :
        List.of(
            new UpCommand(terminal),
            new StartCommand(terminal),
            new StopCommand(terminal),
            new LogsCommand(terminal),
            new NodeCommand(terminal),
            new BalancerCommand(terminal),
            new GetCommand(terminal),
            new SetCommand(terminal),
            new DeleteCommand(terminal),
            new ScanCommand(terminal),
            new CasCommand(terminal),
            new IncrCommand(terminal),
            new BatchCommand(terminal),
            new StatusCommand(terminal),
            new WatchClusterCommand(terminal),
            new HealthCommand(terminal),
            new StepDownCommand(terminal),
            new VerifyCommand(terminal),
            new DemoCommand(terminal),
            new CompletionCommand(terminal))) {
      root.addSubcommand(withHelp(new CommandLine(command)));
    }
    root.addSubcommand(withHelp(MembersCommand.commandLine(terminal)));
    root.addSubcommand(withHelp(ChaosCommand.commandLine(terminal)));
    root.addSubcommand(BenchCommand.commandLine()); // brings its own --help
    root.addSubcommand(new SimulateCommand());
    root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    root.setUsageHelpWidth(USAGE_WIDTH);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setExecutionExceptionHandler(
        (exception, commandLine, parsed) -> report(terminal, exception, parsed));
    return root;
  }

  /** Help but no --version: set and get are about keys. */
  private static CommandLine withHelp(CommandLine command) {
    command.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
    command.getSubcommands().values().forEach(CommandTree::withHelp);
    return command;
  }

  /** {@code -h} on every command. */
  @CommandLine.Command
  static final class HelpOption {
    @CommandLine.Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Shows this help.")
    private boolean help;
  }

  private static int report(Terminal terminal, Exception exception, ParseResult parsed) {
    int code = exception instanceof Failure failure ? failure.exitCode() : ExitCode.FAILED;
    String message =
        exception instanceof Failure failure
            ? failure.text()
            : exception.getMessage() == null
                ? exception.getClass().getSimpleName()
                : exception.getClass().getSimpleName() + ": " + exception.getMessage();
    String advice = exception instanceof Failure failure ? failure.advice() : "";
    if (wantsJson(parsed)) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("error", message);
      document.put("advice", advice);
      document.put("exitCode", code);
      terminal.problem(OutputOption.toJson(document));
      return code;
    }
    terminal.problem("error: " + message);
    if (!advice.isEmpty()) {
      terminal.problem("       " + advice);
    }
    if (!(exception instanceof Failure) && Boolean.getBoolean("flotilla.trace")) {
      exception.printStackTrace(System.err);
    }
    return code;
  }

  private static boolean wantsJson(ParseResult parsed) {
    ParseResult deepest = parsed;
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
    }
    return deepest.matchedOptionValue("-o", OutputOption.Format.text) == OutputOption.Format.json;
  }
}
