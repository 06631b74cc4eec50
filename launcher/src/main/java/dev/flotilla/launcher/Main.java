package dev.flotilla.launcher;

import dev.flotilla.launcher.commands.CommandTree;
import dev.flotilla.launcher.terminal.Terminal;

/** The {@code flotilla} command. The start script of the same name finds a Java and calls this. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int code = CommandTree.of(Terminal.system(System.getenv())).execute(arguments);
    System.out.flush();
    // Not a return: libraries may have left threads behind that would keep the JVM alive.
    System.exit(code);
  }
}
