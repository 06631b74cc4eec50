package dev.flotilla.bench.report;

/**
 * What all rows of a run have in common. Seconds may have fractions.
 *
 * @param door form, rest or stream
 * @param target what the door leads to: the balancer's host:port, or the cluster's id
 * @param separateConnections whether every client of the stream door had connections of its own
 * @param pace closed, or the arrivals of an open loop: fixed, poisson
 * @param rate operations that were due in a second; 0 in a closed loop
 */
public record RunSettings(
    String door,
    String target,
    boolean separateConnections,
    String pace,
    double rate,
    int threads,
    int keys,
    int valueBytes,
    long seed,
    double warmupSeconds,
    double measureSeconds) {}
