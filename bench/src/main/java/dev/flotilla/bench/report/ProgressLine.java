package dev.flotilla.bench.report;

import dev.flotilla.bench.load.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/** Progress as one line: rewritten in place on a terminal, a new one each time elsewhere. */
public final class ProgressLine implements Progress, AutoCloseable {

  private final PrintWriter out;
  private final boolean terminal;
  private String label = "";
  private int written;

  /**
   * @param terminal whether a carriage return takes the cursor back
   */
  public ProgressLine(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** What the lines from now on are about, such as the workload and the clients. */
  public void begin(String what) {
    label = what;
  }

  @Override
  public void tick(Tick tick) {
    StringBuilder text = new StringBuilder();
    if (!label.isEmpty()) {
      text.append(label).append("  ");
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%-8s %4.0f s  %,8.0f ops/s  p99 %.1f ms  %,d failed",
            tick.phase().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            tick.elapsedNanos() / 1e9,
            tick.operations() * 1e9 / Math.max(1, tick.intervalNanos()),
            tick.p99Nanos() / 1e6,
            tick.failures()));
    if (tick.waiting() > 0) {
      text.append(String.format(Locale.ROOT, "  %,d waiting", tick.waiting()));
    }
    print(text.toString());
  }

  private void print(String line) {
    if (terminal) {
      // A shorter line must cover the longer one before it.
      out.print("\r" + line + " ".repeat(Math.max(0, written - line.length())));
    } else {
      out.println(line);
    }
    out.flush();
    written = line.length();
  }

  /** Takes the line away, so that something else may be written in its place. */
  public void clear() {
    if (terminal && written > 0) {
      out.print("\r" + " ".repeat(written) + "\r");
      out.flush();
      written = 0;
    }
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
