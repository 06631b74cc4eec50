package dev.flotilla.bench.load;

/** Told about once a second how a run goes. */
@FunctionalInterface
public interface Progress {

  /**
   * @param elapsedNanos since the phase began
   * @param operations succeeded since the last call
   * @param intervalNanos since the last call
   * @param p99Nanos of those operations; 0 when there were none
   * @param failures since the last call
   * @param waiting operations of an open loop that are due and wait for a free client
   */
  record Tick(
      Phase phase,
      long elapsedNanos,
      long operations,
      long intervalNanos,
      long p99Nanos,
      long failures,
      long waiting) {}

  void tick(Tick tick);

  /** Says nothing. */
  static Progress none() {
    return _ -> {};
  }
}
