package dev.flotilla.bench.report;

import dev.flotilla.bench.load.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/** Progress as one line: rewritten in place on a terminal, a new one each time elsewhere. */
public final class ProgressLine implements Progress, AutoCloseable {

  private final PrintWriter out;
  private final boolean terminal;
  private int written;

  /**
   * @param terminal whether a carriage return takes the cursor back
   */
  public ProgressLine(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void tick(Tick tick) {
    String line =
        String.format(
            Locale.ROOT,
            "%-8s %4.0f s  %,8.0f ops/s  p99 %.1f ms  %,d failed",
            tick.phase().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            tick.elapsedNanos() / 1e9,
            tick.operations() * 1e9 / Math.max(1, tick.intervalNanos()),
            tick.p99Nanos() / 1e6,
            tick.failures());
    if (terminal) {
      // A shorter line must cover the longer one before it.
      out.print("\r" + line + " ".repeat(Math.max(0, written - line.length())));
    } else {
      out.println(line);
    }
    out.flush();
    written = line.length();
  }

  /** Ends the line, so that what comes next has one of its own. */
  @Override
  public void close() {
    if (terminal && written > 0) {
      out.println();
      out.flush();
    }
  }
}
