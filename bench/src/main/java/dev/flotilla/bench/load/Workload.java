package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Operation;
import org.jspecify.annotations.Nullable;

/** A stream of operations for one loop; used by that loop's thread only. */
public interface Workload {

  /** The next operation, or null when there are no more. */
  @Nullable Operation next();

  /**
   * The operation did not succeed. A workload that needs each of its operations done offers it
   * again.
   */
  default void failed(Operation operation) {}
}
