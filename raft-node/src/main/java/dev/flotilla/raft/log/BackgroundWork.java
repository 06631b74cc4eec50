package dev.flotilla.raft.log;

/**
 * Where the log lets slow, unhurried file work be done: filling the next segment with zeros,
 * deleting old ones. Must run every task it was given, one at a time, in order, and outlive the
 * log; its thread must never be interrupted (H38).
 */
@FunctionalInterface
public interface BackgroundWork {
  /** Does the work at once, on the caller's thread: for simulation, tests and tools. */
  BackgroundWork INLINE = Runnable::run;

  void submit(Runnable task);
}
