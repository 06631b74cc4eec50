package dev.flotilla.balancer.view;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What went through this balancer in the last second or so.
 *
 * @param perOp requests answered per second, by the name of their kind
 * @param byGroup by group id
 * @param retries per second
 * @param inFlight requests under way
 * @param latency null when nothing was answered
 */
public record Traffic(
    Map<String, Double> perOp,
    Map<Integer, Rates> byGroup,
    double failed,
    double retries,
    int inFlight,
    @Nullable Latency latency) {

  public static final Traffic NONE = new Traffic(Map.of(), Map.of(), 0, 0, 0, null);

  public Traffic {
    perOp = Map.copyOf(perOp);
    byGroup = Map.copyOf(byGroup);
  }

  /** Per second. */
  public record Rates(double reads, double writes, double failed) {
    public static final Rates NONE = new Rates(0, 0, 0);
  }

  /** In microseconds. */
  public record Latency(long p50, long p99, long p999) {}

  /** What went through since it was last asked. Not thread-safe; one asks. */
  public interface Source {
    Traffic sinceLastAsked();
  }
}
