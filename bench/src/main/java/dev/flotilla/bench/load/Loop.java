package dev.flotilla.bench.load;

import java.io.IOException;

/** Drives a door with a workload, on the thread that calls it. */
interface Loop {

  /**
   * Runs until stopped or the workload is at its end, and every outstanding operation answered. The
   * door gives each operation up after a while, so this does not last longer than that.
   */
  void run() throws IOException;
}
