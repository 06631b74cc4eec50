package dev.flotilla.launcher.terminal;

import java.util.List;

/** The first thing {@code flotilla up} prints. */
public final class Banner {
  private Banner() {}

  private static final List<String> SAILS =
      List.of(
          "    |\\      |\\      |\\",
          "    | \\     | \\     | \\",
          "    |__\\    |__\\    |__\\",
          "  \\____/  \\____/  \\____/");

  public static void print(Terminal terminal, String version, String shape) {
    terminal.line();
    for (int i = 0; i < SAILS.size(); i++) {
      String beside =
          switch (i) {
            case 1 -> "   " + terminal.bold("Flotilla") + " " + version;
            case 2 -> "  " + terminal.dim(shape);
            default -> "";
          };
      terminal.line(terminal.cyan(SAILS.get(i)) + beside);
    }
    terminal.line();
  }
}
