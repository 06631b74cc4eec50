package dev.flotilla.launcher.faults;

import java.util.List;

/** Where the nodes live and how to reach them. */
sealed interface ClusterNetwork extends AutoCloseable permits Namespaces, Loopback {

  /** Whether every node has a network of its own, whose links can be cut one by one. */
  boolean separates();

  String address(int node);

  int grpcPort(int node);

  int httpPort(int node);

  /** What to put before a command to run it where the node lives. */
  List<String> inside(int node);

  @Override
  void close();
}
