package dev.flotilla.launcher.terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where the face goes: plain text, with colour only on a terminal. The start script knows whether
 * standard output is one and passes it on, because the JVM can only tell for input and output
 * together.
 */
public final class Terminal {
  /** Set by the start script to {@code true} when standard output is a terminal. */
  public static final String TTY_PROPERTY = "flotilla.tty";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colour;
  private int progressWidth;

  public Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colour) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.colour = colour;
  }

  /** Honours NO_COLOR (any value that is not empty, no-color.org) and TERM=dumb. */
  public static Terminal system(Map<String, String> environment) {
    boolean tty = Boolean.getBoolean(TTY_PROPERTY);
    boolean dumb = "dumb".equals(environment.get("TERM"));
    boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(System.out, System.err, tty && !dumb, tty && !dumb && !refused);
  }

  /**
   * One that says problems only, on standard error: for a command that prints a document instead.
   */
  public Terminal withoutText() {
    return new Terminal(new PrintStream(OutputStream.nullOutputStream()), err, false, false);
  }

  public synchronized void line(String text) {
    clearProgress();
    out.println(text);
    out.flush();
  }

  public void line() {
    line("");
  }

  /** For problems; standard error, so that a script's pipe stays clean. */
  public synchronized void problem(String text) {
    clearProgress();
    err.println(text);
    err.flush();
  }

  /**
   * A line that the next one replaces on a terminal. Elsewhere nothing: a log of progress helps no
   * one.
   */
  public synchronized void progress(String text) {
    if (!interactive) {
      return;
    }
    out.print("\r" + text + " ".repeat(Math.max(0, progressWidth - text.length())));
    out.flush();
    progressWidth = text.length();
  }

  private void clearProgress() {
    if (progressWidth > 0) {
      out.print("\r" + " ".repeat(progressWidth) + "\r");
      progressWidth = 0;
    }
  }

  /** Whether standard output is a terminal that lines can be written over on. */
  public boolean isInteractive() {
    return interactive;
  }

  public PrintStream out() {
    return out;
  }

  public String bold(String text) {
    return styled("1", text);
  }

  public String dim(String text) {
    return styled("2", text);
  }

  public String green(String text) {
    return styled("32", text);
  }

  public String yellow(String text) {
    return styled("33", text);
  }

  public String red(String text) {
    return styled("31", text);
  }

  public String cyan(String text) {
    return styled("36", text);
  }

  private String styled(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
