package dev.flotilla.bench.compare.result;

/**
 * What one cell gave in one round.
 *
 * @param operations that succeeded in the measured time
 * @param seconds the measured time
 * @param p50Micros latency, as all that follow in microseconds
 * @param failures operations that did not succeed in that time
 * @param serverCpuMicros processor time of all the system's processes, per operation
 * @param clientCpuMicros the same of the client process
 */
public record Measured(
    Cell cell,
    long operations,
    double seconds,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    long failures,
    double serverCpuMicros,
    double clientCpuMicros) {

  public double operationsPerSecond() {
    return operations / seconds;
  }
}
