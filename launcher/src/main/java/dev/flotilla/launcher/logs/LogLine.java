package dev.flotilla.launcher.logs;

import java.time.Instant;

/**
 * A line of a log.
 *
 * @param source whose log, as in n1
 * @param at when it was written; of a line without a time, that of the line before it
 */
public record LogLine(String source, Instant at, String text) {}
