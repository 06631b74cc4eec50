package dev.flotilla.bench.door;

import java.io.IOException;

/**
 * One way into the database, with a fixed number of lanes. A lane stands for one client: it has at
 * most one operation outstanding. A door is driven by one thread and is not safe for more; several
 * threads have a door each.
 *
 * <p>Because {@link #submit} does not wait and {@link #poll} collects, both a closed loop (submit
 * when the last answer is in) and an open one (submit when it is time) can drive a door.
 */
public interface Door extends AutoCloseable {

  int lanes();

  /**
   * Starts the operation. A lane whose connection is gone connects anew.
   *
   * @throws IllegalStateException when the lane has an operation outstanding
   */
  void submit(int lane, Operation operation);

  /**
   * Delivers the answers that are in, waiting for the first of them at most so long. May return
   * early and without any.
   *
   * @throws IOException when the door as a whole is broken; a broken lane is a failed operation
   */
  void poll(long maxWaitNanos, Answers answers) throws IOException;

  /** Connections made after the first of each lane: how often an answer or a fault closed one. */
  long reconnects();

  @Override
  void close() throws IOException;
}
