package dev.flotilla.launcher.node;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.HostPort;
import java.io.IOException;

/** A balancer for the cluster file, running in this JVM. */
public final class BalancerInstance implements AutoCloseable {
  private BalancerInstance() {}

  public static BalancerInstance start(ClusterConfig config) throws IOException {
    throw new IOException("not yet");
  }

  /** Several balancers may log into one directory: any but the file's own address goes into the name. */
  public static String logName(ClusterConfig config, HostPort listen) {
    return "balancer";
  }

  @Override
  public void close() {}
}
