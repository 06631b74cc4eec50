package dev.flotilla.launcher.cluster;

import java.time.Duration;
import java.util.List;

/** A cluster that was started here, in whatever processes. */
public sealed interface RunningCluster permits JvmCluster, ProcessCluster {

  /** What each node was started with beside the cluster file; empty when it shares our process. */
  List<String> nodeArguments();

  /** The process of a node; 0 while it is down. */
  long pidOf(int node);

  /** 0 while it is down. */
  long balancerPid();

  /**
   * Ends the balancer, then the nodes of each group one after the other, so that each hands over
   * what it leads to one that still runs. Whatever is not done within the budget is ended without
   * it.
   *
   * @return whether all of it was done in order
   */
  boolean stop(Duration budget);
}
