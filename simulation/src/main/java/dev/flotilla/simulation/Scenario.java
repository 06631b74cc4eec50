package dev.flotilla.simulation;

import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.simulation.faults.Fault;
import dev.flotilla.simulation.workload.WorkloadPlan;
import dev.flotilla.simulation.world.LinkConditions;
import dev.flotilla.simulation.world.Topology;
import java.util.List;

/**
 * Everything about a run that is decided before it begins. Equal scenarios give equal runs, and a
 * scenario with fewer faults or clients is one too: that is what shrinking does.
 *
 * @param seed of all chance within the run
 * @param chaosMillis faults happen from one second up to here; then everything heals for good
 * @param driftPerMillion how far apart machines' monotonic clocks may run, either way
 * @param hiccupNanos most that a thread with work waits for a processor
 * @param restartMillis until a process that ended by itself is started again
 */
public record Scenario(
    long seed,
    Topology topology,
    RaftOptions raft,
    WalOptions wal,
    NodeOptions.Limits limits,
    SnapshotExchange.Options snapshots,
    LinkConditions links,
    WorkloadPlan workload,
    List<Fault> faults,
    int chaosMillis,
    int driftPerMillion,
    long hiccupNanos,
    int restartMillis) {

  public Scenario {
    faults = List.copyOf(faults);
  }

  Scenario withFaults(List<Fault> others) {
    return new Scenario(
        seed,
        topology,
        raft,
        wal,
        limits,
        snapshots,
        links,
        workload,
        others,
        chaosMillis,
        driftPerMillion,
        hiccupNanos,
        restartMillis);
  }

  Scenario withWorkload(WorkloadPlan other) {
    return new Scenario(
        seed,
        topology,
        raft,
        wal,
        limits,
        snapshots,
        links,
        other,
        faults,
        chaosMillis,
        driftPerMillion,
        hiccupNanos,
        restartMillis);
  }

  Scenario withLinks(LinkConditions other) {
    return new Scenario(
        seed,
        topology,
        raft,
        wal,
        limits,
        snapshots,
        other,
        workload,
        faults,
        chaosMillis,
        driftPerMillion,
        hiccupNanos,
        restartMillis);
  }
}
