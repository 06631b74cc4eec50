package dev.flotilla.simulation.workload;

/**
 * What clients do.
 *
 * @param clients at most 8: more only make histories harder to judge
 * @param operations per client, at most
 * @param keys how many, judged one by one
 * @param thinkMillis mean pause of a client between two operations
 * @param readPercent share of reads among a client's operations
 * @param comparePercent share of writes that carry a condition
 * @param ownIdentityPercent share of clients that number their commands themselves and repeat them
 *     through other balancers
 * @param leasePercent share of reads by lease
 * @param expiringPercent share of operations on keys with a time to live, which no history judges
 * @param sessionWindow answers that a slot remembers of a client
 */
public record WorkloadPlan(
    int clients,
    int operations,
    int keys,
    int thinkMillis,
    int readPercent,
    int comparePercent,
    int ownIdentityPercent,
    int leasePercent,
    int expiringPercent,
    int sessionWindow) {

  /** The same with fewer operations. */
  public WorkloadPlan withOperations(int fewer) {
    return new WorkloadPlan(
        clients,
        fewer,
        keys,
        thinkMillis,
        readPercent,
        comparePercent,
        ownIdentityPercent,
        leasePercent,
        expiringPercent,
        sessionWindow);
  }

  /** The same with fewer clients. */
  public WorkloadPlan withClients(int fewer) {
    return new WorkloadPlan(
        fewer,
        operations,
        keys,
        thinkMillis,
        readPercent,
        comparePercent,
        ownIdentityPercent,
        leasePercent,
        expiringPercent,
        sessionWindow);
  }
}
