package dev.flotilla.launcher.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. */
public final class Units {
  private Units() {}

  public static final String DURATION_FORM = "a duration such as 50ms, 2s or 1m";
  public static final String BYTES_FORM = "a size such as 4KiB, 16MiB or a number of bytes";

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(us|ms|s|m|h)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");

  public static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "us" -> Duration.ofNanos(amount * 1_000);
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        });
  }

  public static Optional<Long> parseBytes(String text) {
    Matcher matcher = BYTES.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : " BKMG".indexOf(unit.charAt(0)) * 10 - 10;
    if (amount > Long.MAX_VALUE >> shift) {
      return Optional.empty();
    }
    return Optional.of(amount << shift);
  }

  /** The shortest text that {@link #parseDuration} reads back; whole microseconds. */
  public static String formatDuration(Duration duration) {
    long micros = duration.toNanos() / 1_000;
    if (micros % 1_000 != 0) {
      return micros + "us";
    }
    long millis = micros / 1_000;
    return millis % 1_000 != 0 || millis == 0 ? millis + "ms" : millis / 1_000 + "s";
  }

  /** The shortest text that {@link #parseBytes} reads back. */
  public static String formatBytes(long bytes) {
    if (bytes > 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes > 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    if (bytes > 0 && bytes % (1L << 10) == 0) {
      return (bytes >> 10) + "KiB";
    }
    return Long.toString(bytes);
  }
}
