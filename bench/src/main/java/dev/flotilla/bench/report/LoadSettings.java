package dev.flotilla.bench.report;

/** What was asked of a run, for the head of its report. Seconds may have fractions. */
public record LoadSettings(
    String door,
    String target,
    String workload,
    int connections,
    int threads,
    int keys,
    int valueBytes,
    double warmupSeconds,
    double measureSeconds) {}
