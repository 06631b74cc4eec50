package dev.flotilla.bench.compare.result;

import java.util.Map;

/**
 * What a run was.
 *
 * @param date on which it began, as in 2026-11-21
 * @param machine one line on processors and memory
 * @param java the JVM of every Java process
 * @param versions of the systems, by their names in the line-up
 * @param settings of the run
 */
public record Head(
    String date, String machine, String java, Map<String, String> versions, Settings settings) {

  /** What was asked for. Times in seconds. */
  public record Settings(
      int rounds,
      int keys,
      int valueBytes,
      double writesFirstSeconds,
      double readsFirstSeconds,
      double warmupSeconds,
      double seconds,
      String serverHeap) {}
}
