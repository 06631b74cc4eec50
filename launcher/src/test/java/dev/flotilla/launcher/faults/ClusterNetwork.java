package dev.flotilla.launcher.faults;

import java.util.List;
import java.util.Optional;

/** Where the nodes live and how to reach them. */
sealed interface ClusterNetwork extends AutoCloseable permits Namespaces, Loopback {

  /**
   * Why nodes do not each have a network of their own, whose links can be cut one by one; empty
   * when they do.
   */
  Optional<String> whyNotSeparate();

  String address(int node);

  int grpcPort(int node);

  int httpPort(int node);

  /** The balancer's, on the machine's own loopback. */
  int balancerPort();

  /** What to put before a command to run it where the node lives. */
  List<String> inside(int node);

  @Override
  void close();
}
