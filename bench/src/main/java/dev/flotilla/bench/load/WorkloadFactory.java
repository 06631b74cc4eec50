package dev.flotilla.bench.load;

/** Makes the workload of each loop. */
@FunctionalInterface
public interface WorkloadFactory {

  /**
   * @param loop from 0
   * @param loops how many loops share the work
   */
  Workload create(int loop, int loops);
}
