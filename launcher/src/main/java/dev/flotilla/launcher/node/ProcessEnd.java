package dev.flotilla.launcher.node;

import dev.flotilla.raft.runtime.RaftNode;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a process whose node cannot go on. At once and without cleaning up: after a failed
 * fsync nothing this process still believes about its disk is worth writing down (H32).
 *
 * <p>With several nodes in one JVM all of them end. They share the process, most often the disk,
 * and an exit code that says what happened; a cluster that silently went on with fewer nodes would
 * hide it.
 */
public final class ProcessEnd implements RaftNode.FatalHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  private final String what;
  private final PrintStream err;

  /**
   * @param what ends with the process, for the message
   */
  public ProcessEnd(String what, PrintStream err) {
    this.what = what;
    this.err = err;
  }

  @Override
  public void fatal(int exitCode, String reason, Throwable cause) {
    try {
      LOG.error("event=fatal exit={} reason=\"{}\"", exitCode, reason, cause);
      err.println("error: " + reason);
      err.println(
          "       " + what + " ends with exit code " + exitCode + "; the log has the details.");
      err.flush();
      LogFiles.stop();
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
