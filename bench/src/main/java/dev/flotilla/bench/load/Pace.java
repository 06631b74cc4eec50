package dev.flotilla.bench.load;

/** When operations begin. */
public sealed interface Pace {

  /** A closed loop: each client asks again as soon as it has its answer. */
  record AsAnswered() implements Pace {}

  /**
   * An open loop: operations are due at times that do not depend on the answers.
   *
   * @param perSecond how many are due in a second, of all loops together
   * @param arrivals how they are spread
   * @param backlog most operations that wait for a free client, of all loops together; what falls
   *     due beyond is not started, and counted
   */
  record AtRate(double perSecond, Arrivals arrivals, int backlog) implements Pace {

    public AtRate {
      if (!(perSecond > 0) || perSecond > 1e7) {
        throw new IllegalArgumentException("a rate is more than 0 and at most 10 million a second");
      }
      if (backlog < 0) {
        throw new IllegalArgumentException("a backlog is not negative");
      }
    }
  }

  Pace AS_ANSWERED = new AsAnswered();
}
