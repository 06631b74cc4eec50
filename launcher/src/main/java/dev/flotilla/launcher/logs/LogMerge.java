package dev.flotilla.launcher.logs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Puts the lines of several logs into one order. */
public final class LogMerge {
  private LogMerge() {}

  /** Where one log's next line is. */
  private static final class Head {
    private final int log;
    private final List<LogLine> lines;
    private int next;

    Head(int log, List<LogLine> lines) {
      this.log = log;
      this.lines = lines;
    }

    LogLine line() {
      return lines.get(next);
    }

    int log() {
      return log;
    }
  }

  /**
   * By time; the lines of each log stay in the order they have, even where a clock was set back. Of
   * lines of one time those of the first log come first.
   */
  public static List<LogLine> merge(List<List<LogLine>> logs) {
    PriorityQueue<Head> heads =
        new PriorityQueue<>(
            Comparator.comparing((Head head) -> head.line().at()).thenComparingInt(Head::log));
    int count = 0;
    for (int log = 0; log < logs.size(); log++) {
      count += logs.get(log).size();
      if (!logs.get(log).isEmpty()) {
        heads.add(new Head(log, logs.get(log)));
      }
    }
    List<LogLine> merged = new ArrayList<>(count);
    Head head = heads.poll();
    while (head != null) {
      merged.add(head.line());
      head.next++;
      if (head.next < head.lines.size()) {
        heads.add(head);
      }
      head = heads.poll();
    }
    return merged;
  }
}
