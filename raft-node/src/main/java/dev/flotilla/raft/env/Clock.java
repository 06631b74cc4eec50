package dev.flotilla.raft.env;

/** The two clocks. */
public interface Clock {
  /** Monotonic nanoseconds from an arbitrary origin: for timeouts and durations. */
  long nanoTime();

  /** Milliseconds since 1970, may jump: only ever stamped into entries and shown to people. */
  long wallMillis();
}
