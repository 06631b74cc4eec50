package dev.flotilla.launcher.faults;

import dev.flotilla.launcher.FreePorts;
import java.util.List;
import java.util.Optional;

/** All nodes on one address: enough for every fault that leaves the network alone. */
final class Loopback implements ClusterNetwork {
  private static final int GRPC_BELOW_BASE = 1_079;

  private final int base = FreePorts.base();
  private final String why;

  /**
   * @param why the nodes are not separated
   */
  Loopback(String why) {
    this.why = why;
  }

  @Override
  public Optional<String> whyNotSeparate() {
    return Optional.of(why);
  }

  @Override
  public String address(int node) {
    return "127.0.0.1";
  }

  @Override
  public int grpcPort(int node) {
    return base - GRPC_BELOW_BASE + node - 1;
  }

  @Override
  public int httpPort(int node) {
    return base + node;
  }

  @Override
  public int balancerPort() {
    return base;
  }

  @Override
  public List<String> inside(int node) {
    return List.of();
  }

  @Override
  public void close() {}
}
