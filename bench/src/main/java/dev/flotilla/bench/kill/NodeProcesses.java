package dev.flotilla.bench.kill;

import java.io.IOException;

/** Ends and starts the processes of nodes. */
public interface NodeProcesses {

  /**
   * Ends the process at once, as {@code kill -9} does.
   *
   * @throws IOException when there is no such process, or it may not be ended
   */
  void kill(long pid) throws IOException;

  /** Starts the node again; does not wait until it serves. */
  void start(RunningCluster.Node node) throws IOException;
}
