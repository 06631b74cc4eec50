package dev.flotilla.bench.load;

import dev.flotilla.bench.distribution.Distribution;
import dev.flotilla.bench.door.Operation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The workloads there are. Each loop draws from a random stream of its own, split by its number.
 */
public final class Workloads {

  private Workloads() {}

  /** Sets keys drawn uniformly, each time to a new value. */
  public static WorkloadFactory uniformSets(KeySpace keys, int valueBytes, long seed) {
    return mixed(Mix.SET, Distribution.UNIFORM, keys, new Records(keys.count()), valueBytes, seed);
  }

  /** Reads keys drawn uniformly; every key must have been loaded. */
  public static WorkloadFactory uniformGets(KeySpace keys, int valueBytes, long seed) {
    return mixed(Mix.GET, Distribution.UNIFORM, keys, new Records(keys.count()), valueBytes, seed);
  }

  /**
   * Operations in the shares of a mix.
   *
   * @param records the keys there are, shared by all loops and runs against the same database
   */
  public static WorkloadFactory mixed(
      Mix mix,
      Distribution distribution,
      KeySpace keys,
      Records records,
      int valueBytes,
      long seed) {
    return (loop, _) ->
        new MixedWorkload(mix, distribution, keys, records, valueBytes, stream(seed, loop));
  }

  /** Sets every key once, each loop its share; a failed set is offered again. */
  public static WorkloadFactory loadAll(KeySpace keys, int valueBytes, long seed) {
    return (loop, loops) ->
        new LoadAll(keys, new Values(valueBytes, stream(seed, loop)), loop, loops);
  }

  private static SplittableRandom stream(long seed, int loop) {
    return new SplittableRandom(seed + 0x9E37_79B9_7F4A_7C15L * (loop + 1));
  }

  private static final class LoadAll implements Workload {
    private final KeySpace keys;
    private final Values values;
    private final int step;
    // At most one entry for each lane of the loop.
    private final Deque<Operation> again = new ArrayDeque<>();
    private int next;

    LoadAll(KeySpace keys, Values values, int loop, int loops) {
      this.keys = keys;
      this.values = values;
      this.step = loops;
      this.next = loop;
    }

    @Override
    public @Nullable Operation next(int lane) {
      Operation failed = again.poll();
      if (failed != null || next >= keys.count()) {
        return failed;
      }
      int index = next;
      next += step;
      return new Operation.Set(keys.key(index), values.next(index));
    }

    @Override
    public void failed(int lane, Operation operation) {
      again.add(operation);
    }
  }
}
