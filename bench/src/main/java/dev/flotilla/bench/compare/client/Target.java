package dev.flotilla.bench.compare.client;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A system that runs.
 *
 * @param cluster what the servers call themselves together; empty when they have no name
 * @param servers host:port of each, in the order that the system's doors expect
 */
public record Target(String cluster, List<String> servers) {

  public Target {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a system has servers");
    }
    servers = List.copyOf(servers);
  }

  /** The servers' addresses, resolved. */
  public List<InetSocketAddress> addresses() {
    return servers.stream().map(Target::address).toList();
  }

  private static InetSocketAddress address(String server) {
    int colon = server.lastIndexOf(':');
    return new InetSocketAddress(
        server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
  }
}
