package dev.flotilla.kv;

import dev.flotilla.proto.kv.v1.Settings;

/**
 * What decides a command's answer besides the state. Replicated with the slot assignment: a replica
 * must not answer by its own configuration.
 *
 * @param maxKeyBytes longest key
 * @param maxValueBytes longest value
 * @param sessionWindow answers remembered per slot and client
 * @param sessionTtlMillis how long after a client's last command in a slot its answers are
 *     remembered
 * @param sessionRetiredMillis how much longer its old commands are still recognized as old
 */
public record KvSettings(
    int maxKeyBytes,
    int maxValueBytes,
    int sessionWindow,
    long sessionTtlMillis,
    long sessionRetiredMillis) {

  /** Limits of the format, not of taste: what no setting may exceed. */
  private static final int MOST_KEY_BYTES = 64 << 10;

  private static final int MOST_VALUE_BYTES = 64 << 20;
  private static final int MOST_WINDOW = 64 << 10;
  private static final long MOST_MILLIS = 3_660L * 24 * 3_600 * 1_000;

  public static final KvSettings DEFAULT =
      new KvSettings(4 << 10, 1 << 20, 1_024, 3_600_000L, 7L * 24 * 3_600_000L);

  public KvSettings {
    requireBetween("maxKeyBytes", maxKeyBytes, 1, MOST_KEY_BYTES);
    requireBetween("maxValueBytes", maxValueBytes, 1, MOST_VALUE_BYTES);
    requireBetween("sessionWindow", sessionWindow, 1, MOST_WINDOW);
    requireBetween("sessionTtlMillis", sessionTtlMillis, 1, MOST_MILLIS);
    requireBetween("sessionRetiredMillis", sessionRetiredMillis, 1, MOST_MILLIS);
  }

  /**
   * @throws IllegalArgumentException when a value is out of its range
   */
  static KvSettings of(Settings settings) {
    return new KvSettings(
        settings.getMaxKeyBytes() == 0 ? DEFAULT.maxKeyBytes : settings.getMaxKeyBytes(),
        settings.getMaxValueBytes() == 0 ? DEFAULT.maxValueBytes : settings.getMaxValueBytes(),
        settings.getSessionWindow() == 0 ? DEFAULT.sessionWindow : settings.getSessionWindow(),
        settings.getSessionTtlMillis() == 0
            ? DEFAULT.sessionTtlMillis
            : settings.getSessionTtlMillis(),
        settings.getSessionRetiredMillis() == 0
            ? DEFAULT.sessionRetiredMillis
            : settings.getSessionRetiredMillis());
  }

  Settings toProto() {
    return Settings.newBuilder()
        .setMaxKeyBytes(maxKeyBytes)
        .setMaxValueBytes(maxValueBytes)
        .setSessionWindow(sessionWindow)
        .setSessionTtlMillis(sessionTtlMillis)
        .setSessionRetiredMillis(sessionRetiredMillis)
        .build();
  }

  private static void requireBetween(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }
}
