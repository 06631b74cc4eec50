package dev.flotilla.launcher.commands;

/** How much is logged: INFO, or what FLOTILLA_LOG_LEVEL says. */
final class LogLevel {
  private LogLevel() {}

  static String fromEnvironment() {
    String level = System.getenv("FLOTILLA_LOG_LEVEL");
    return level == null || level.isBlank() ? "INFO" : level;
  }

  /** Whether what is logged goes to standard output too: FLOTILLA_LOG_OUTPUT=true says so. */
  static boolean toOutput() {
    return Boolean.parseBoolean(System.getenv("FLOTILLA_LOG_OUTPUT"));
  }
}
