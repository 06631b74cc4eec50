package dev.flotilla.launcher.config;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that cannot be used. The message begins with where: file and line, variable or
 * flag.
 */
public final class ConfigException extends Failure {
  private static final long serialVersionUID = 1;

  public ConfigException(String where, String problem) {
    this(where, problem, null);
  }

  public ConfigException(String where, String problem, @Nullable Throwable cause) {
    super(ExitCode.BAD_CONFIGURATION, where + ": " + problem, "", cause);
  }
}
