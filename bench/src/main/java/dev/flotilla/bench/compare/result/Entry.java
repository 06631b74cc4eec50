package dev.flotilla.bench.compare.result;

/**
 * A measurement with its place in a run.
 *
 * @param round from 1
 * @param system by its name in the line-up
 */
public record Entry(int round, String system, Measured measured) {}
