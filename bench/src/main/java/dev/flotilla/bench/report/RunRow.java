package dev.flotilla.bench.report;

import dev.flotilla.bench.load.LoadResult;

/**
 * One measurement of a run.
 *
 * @param workload as it is named on the command line
 * @param distribution uniform, zipfian or latest
 * @param clients that asked at the same time
 */
public record RunRow(String workload, String distribution, int clients, LoadResult result) {

  /** Something was done, and nothing failed. */
  public boolean isClean() {
    return result.operations() > 0 && result.failureCount() == 0;
  }
}
