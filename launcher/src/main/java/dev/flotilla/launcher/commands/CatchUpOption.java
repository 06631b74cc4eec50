package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.Units;
import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --timeout} of a command that lets a newcomer in. */
public final class CatchUpOption {
  /** For commands without a newcomer: they only have to find a leader. */
  static final Duration NONE = Duration.ofSeconds(30);

  private static final Duration MOST = Duration.ofHours(24);

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = {
        "How long the newcomer may take to catch up, as in 90s or 1h. After that it",
        "is taken out again and nothing has changed. Default: 10m."
      })
  private String timeout = "10m";

  Duration get() {
    return Units.parseDuration(timeout)
        .filter(time -> time.isPositive() && time.compareTo(MOST) <= 0)
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "--timeout: expected " + Units.DURATION_FORM + ", at most 24h, found " + timeout,
                ""));
  }
}
