package dev.flotilla.simulation;

import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.simulation.faults.Fault;
import dev.flotilla.simulation.faults.FaultPlanner;
import dev.flotilla.simulation.workload.WorkloadPlan;
import dev.flotilla.simulation.world.LinkConditions;
import dev.flotilla.simulation.world.Topology;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Draws scenarios. Sizes are tiny, so that what is rare in life (a full segment, a snapshot, a full
 * session window) is common here.
 */
public final class Scenarios {
  private static final long MILLIS = 1_000_000L;
  private static final int FIRST_FAULT_MILLIS = 1_000;

  private Scenarios() {}

  /** The scenario of a seed. */
  public static Scenario draw(long seed, Profile profile) {
    SplittableRandom random = new SplittableRandom(seed);
    Topology topology = topology(random.split());
    LinkConditions links = links(random.split(), profile);
    int chaosMillis = 6_000 + random.nextInt(14_000);
    List<Fault> faults =
        new FaultPlanner(random.split(), topology, FIRST_FAULT_MILLIS, chaosMillis)
            .draw(profile.faults());
    return new Scenario(
        seed,
        topology,
        raft(random.split()),
        new WalOptions(4 << 10, 1 << 10),
        limits(random.split()),
        new SnapshotExchange.Options(
            64 << random.nextInt(5), 1 + random.nextInt(6), 0, 300 * MILLIS),
        links,
        workload(random.split()),
        faults,
        chaosMillis,
        random.nextInt(3) * 10_000,
        (1L << random.nextInt(10)) * 10_000,
        100 + random.nextInt(1_500));
  }

  private static Topology topology(SplittableRandom random) {
    int size = random.nextInt(6) == 0 ? 5 : 3;
    int nodes = size + random.nextInt(3);
    int groups = 1 + random.nextInt(3);
    TreeMap<Integer, SortedSet<Integer>> hosted = new TreeMap<>();
    for (int group = 1; group <= groups; group++) {
      TreeSet<Integer> members = new TreeSet<>();
      while (members.size() < size) {
        members.add(1 + random.nextInt(nodes));
      }
      hosted.put(group, members);
    }
    return new Topology(nodes, hosted, 1 + random.nextInt(2));
  }

  private static RaftOptions raft(SplittableRandom random) {
    RaftOptions usual = RaftOptions.DEFAULT;
    return new RaftOptions(
        usual.heartbeatNanos(),
        usual.electionTimeoutMinNanos(),
        usual.electionTimeoutMaxNanos(),
        usual.leaderLostElectionNanos(),
        256 << random.nextInt(4),
        2 << 10 << random.nextInt(4),
        1 + random.nextInt(8),
        1 << 10 << random.nextInt(6),
        1 << 10 << random.nextInt(6),
        usual.transferTimeoutNanos(),
        random.nextBoolean(),
        usual.leaseMarginNanos());
  }

  private static NodeOptions.Limits limits(SplittableRandom random) {
    return new NodeOptions.Limits(
        16 << 10 << random.nextInt(4),
        8 << random.nextInt(5),
        64 << 10 << random.nextInt(4),
        4 << 10,
        256 << random.nextInt(4),
        2 << 10 << random.nextInt(5),
        10 << random.nextInt(5),
        256 << random.nextInt(5),
        32 << 10 << random.nextInt(3),
        2_000,
        random.nextInt(3) * (8 << 10));
  }

  private static LinkConditions links(SplittableRandom random, Profile profile) {
    if (!profile.badLinks()) {
      return LinkConditions.CALM;
    }
    return new LinkConditions(
        50_000L << random.nextInt(6),
        50_000L << random.nextInt(9),
        rate(random),
        rate(random),
        rate(random) / 4,
        rate(random),
        MILLIS << random.nextInt(11),
        random.nextBoolean());
  }

  /** Nothing, or from one in 100,000 to one in 20. */
  private static int rate(SplittableRandom random) {
    return random.nextBoolean() ? 0 : (int) Math.pow(10, 1 + 3.7 * random.nextDouble());
  }

  private static WorkloadPlan workload(SplittableRandom random) {
    return new WorkloadPlan(
        1 + random.nextInt(8),
        40 + random.nextInt(400),
        1 + random.nextInt(10),
        5 << random.nextInt(6),
        20 + random.nextInt(60),
        random.nextInt(70),
        random.nextInt(101),
        random.nextInt(60),
        random.nextInt(30),
        1 << random.nextInt(4));
  }

  /** What kinds of trouble a run may see. */
  public enum Profile {
    /** Everything. */
    SWARM(EnumSet.allOf(Fault.Kind.class), true),
    /** Nothing at all goes wrong. */
    CALM(EnumSet.noneOf(Fault.Kind.class), false);

    private final Set<Fault.Kind> faults;
    private final boolean badLinks;

    Profile(Set<Fault.Kind> faults, boolean badLinks) {
      this.faults = faults;
      this.badLinks = badLinks;
    }

    Set<Fault.Kind> faults() {
      return faults;
    }

    boolean badLinks() {
      return badLinks;
    }
  }
}
