package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/** One command from the outside: arguments in, exit code and text out. */
final class CommandRun {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  final Terminal terminal =
      new Terminal(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          false,
          false);

  int run(Object command, String... arguments) {
    CommandLine line = new CommandLine(command);
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((exception, commandLine, parsed) -> {
      if (exception instanceof Failure failure) {
        terminal.problem("error: " + failure.text());
        terminal.problem("       " + failure.advice());
        return failure.exitCode();
      }
      throw exception;
    });
    return line.execute(arguments);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was printed, a line each. */
  List<String> outLines() {
    return out().lines().toList();
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
