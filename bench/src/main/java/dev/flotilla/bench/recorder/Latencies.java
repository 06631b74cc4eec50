package dev.flotilla.bench.recorder;

import dev.flotilla.bench.door.OperationKind;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of successes in nanoseconds, by kind and of all kinds together. Not thread-safe. */
public final class Latencies {

  private final Histogram all = LoopRecorder.newHistogram();
  private final Map<OperationKind, Histogram> byKind = new EnumMap<>(OperationKind.class);

  public void add(OperationKind kind, Histogram more) {
    if (more.getTotalCount() > 0) {
      all.add(more);
      byKind.computeIfAbsent(kind, _ -> LoopRecorder.newHistogram()).add(more);
    }
  }

  public void add(Latencies more) {
    more.byKind.forEach(this::add);
  }

  public Histogram all() {
    return all;
  }

  /** The kinds there were any of. */
  public Map<OperationKind, Histogram> byKind() {
    return byKind;
  }
}
