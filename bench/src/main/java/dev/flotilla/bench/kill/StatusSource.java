package dev.flotilla.bench.kill;

import java.util.Optional;

/** Asks nodes how they are. */
@FunctionalInterface
public interface StatusSource {

  /** Empty when the node does not answer, or not as a node does. */
  Optional<NodeStatus> ask(RunningCluster.Node node) throws InterruptedException;
}
