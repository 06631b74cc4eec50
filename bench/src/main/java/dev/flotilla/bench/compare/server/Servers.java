package dev.flotilla.bench.compare.server;

import java.util.List;

/**
 * The servers of a system while it runs.
 *
 * @param cluster what they call themselves together; empty when they have no name
 * @param addresses host:port of each, in the order in which the system's doors expect them
 * @param pids of every process that serves
 */
public record Servers(String cluster, List<String> addresses, List<Long> pids) {}
