package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;

/** What a process's exit status means, in words. */
final class ExitText {
  /** Shells and the JVM report a signal as 128 plus its number. */
  private static final int SIGNAL_BASE = 128;

  private ExitText() {}

  static String of(int status) {
    return switch (status) {
      case -1 -> "ended";
      case 0 -> "ended by itself (exit code 0)";
      case ExitCode.STORAGE -> "stopped itself: its disk failed or is damaged (exit code 70)";
      case ExitCode.BAD_CONFIGURATION -> "refused its configuration (exit code 78)";
      default ->
          status > SIGNAL_BASE && status < SIGNAL_BASE + 65
              ? "was killed (signal " + (status - SIGNAL_BASE) + ")"
              : "ended with exit code " + status;
    };
  }
}
