package dev.flotilla.bench.load;

import dev.flotilla.bench.door.Operation;
import org.jspecify.annotations.Nullable;

/** A stream of operations for one loop; used by that loop's thread only. */
public interface Workload {

  /**
   * The next operation, or null when there are no more.
   *
   * @param lane of the loop's door, which has nothing outstanding
   */
  @Nullable Operation next(int lane);

  /**
   * The operation succeeded.
   *
   * @param revision of the key; 0 when the door does not tell
   * @return what the same client does next as a part of the same thing; null when it is done
   */
  default @Nullable Operation succeeded(int lane, Operation operation, long revision) {
    return null;
  }

  /**
   * The operation did not succeed. A workload that needs each of its operations done offers it
   * again.
   */
  default void failed(int lane, Operation operation) {}
}
