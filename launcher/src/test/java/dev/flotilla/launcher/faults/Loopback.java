package dev.flotilla.launcher.faults;

import dev.flotilla.launcher.FreePorts;
import java.util.List;

/** All nodes on one address: enough for every fault that leaves the network alone. */
final class Loopback implements ClusterNetwork {
  private static final int GRPC_BELOW_BASE = 1_079;

  private final int base = FreePorts.base();

  @Override
  public boolean separates() {
    return false;
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
  public List<String> inside(int node) {
    return List.of();
  }

  @Override
  public void close() {}
}
