package dev.flotilla.launcher;

/** What the command's exit status means; scripts rely on these numbers. */
public final class ExitCode {
  private ExitCode() {}

  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int NOT_FOUND = 3;
  public static final int COMPARE_FAILED = 4;
  public static final int NO_QUORUM = 5;

  /** The process stopped itself because its disk failed or is damaged. */
  public static final int STORAGE = 70;

  public static final int BAD_CONFIGURATION = 78;

  /** A second Ctrl-C while the first was still being obeyed. */
  public static final int INTERRUPTED = 130;
}
