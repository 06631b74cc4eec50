package dev.flotilla.simulation.mutants;

import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.simulation.Scenario;
import dev.flotilla.simulation.Scenarios;
import dev.flotilla.simulation.faults.Fault;
import dev.flotilla.simulation.faults.Fault.Kind;
import dev.flotilla.simulation.workload.WorkloadPlan;
import dev.flotilla.simulation.world.LinkConditions;
import dev.flotilla.simulation.world.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where to look for a mutant. The swarm finds most of them; what needs a rare coincidence is looked
 * for in small clusters that are hurt in the fitting way much more often. Whatever a focus does,
 * the swarm may do too, only more seldom.
 */
enum Focus {
  /** Everything, as drawn. */
  SWARM {
    @Override
    Scenario scenario(long seed) {
      return Scenarios.draw(seed, Scenarios.Profile.SWARM);
    }
  },

  /** Leaders come and go, messages are repeated. */
  ELECTIONS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .nodes(3, 5)
          .links(120)
          .fault(Kind.ISOLATE, 700, 100, 1_000)
          .fault(Kind.PARTITION, 1_000, 100, 1_000)
          .fault(Kind.KILL, 800, 20, 400)
          .fault(Kind.TRANSFER, 700, 300, 600)
          .fault(Kind.ONE_WAY, 2_500, 300, 1_500)
          .scenario();
    }
  },

  /** Reads by lease, from leaders that sleep, are cut off, or hand over. */
  LEASES {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .leases(true)
          .balancers(2)
          .links(30)
          .work(5, 3, 20, 60, 90)
          .fault(Kind.PAUSE, 1_300, 100, 1_200)
          .fault(Kind.PARTITION, 600, 200, 1_000)
          .fault(Kind.TRANSFER, 600, 300, 600)
          .fault(Kind.WALL_JUMP, 1_000, 0, 0)
          .fault(Kind.CONNECTION_BREAK, 300, 0, 0)
          .scenario();
    }
  },

  /** Reads by rounds, from leaders that sleep or are cut off from their group. */
  READS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .leases(false)
          .balancers(2)
          .slowLinks()
          .work(6, 3, 10, 60, 0)
          .fault(Kind.PAUSE, 1_500, 300, 2_500)
          .fault(Kind.PARTITION, 900, 400, 2_500)
          .fault(Kind.TRANSFER, 1_500, 500, 1_000)
          .fault(Kind.KILL, 2_500, 50, 600)
          .scenario();
    }
  },

  /** Leaders are cut off with entries of their own, and connections break. */
  TAILS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .nodes(3, 5)
          .balancers(2)
          .links(60)
          .leases(false)
          .append(256)
          .compaction(4_000, 1 << 20)
          .work(6, 4, 10, 10, 0)
          .fault(Kind.PARTITION, 800, 300, 2_000)
          .fault(Kind.ISOLATE, 1_200, 300, 1_600)
          .fault(Kind.CONNECTION_BREAK, 250, 0, 0)
          .fault(Kind.KILL, 1_500, 20, 300)
          .scenario();
    }
  },

  /** The power goes, often in the middle of something. */
  CRASHES {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .work(6, 4, 10, 10, 0)
          .compaction(20, 2 << 10)
          .fault(Kind.POWER_CUT_INSIDE, 600, 0, 0)
          .fault(Kind.POWER_LOSS, 1_200, 50, 400)
          .fault(Kind.POWER_LOSS_OF_ALL, 2_500, 50, 400)
          .fault(Kind.ISOLATE, 2_500, 300, 1_500)
          .scenario();
    }
  },

  /** Followers miss what is compacted away meanwhile. */
  SNAPSHOTS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .work(6, 30, 10, 10, 0)
          .expiring(20)
          .snapshotChunks(256)
          .compaction(5, 512)
          .keep(128)
          .links(8)
          .fault(Kind.ISOLATE, 500, 200, 900)
          .fault(Kind.TRANSFER, 1_000, 300, 600)
          .fault(Kind.KILL, 1_500, 300, 1_500)
          .fault(Kind.POWER_LOSS, 1_500, 100, 1_000)
          .fault(Kind.POWER_CUT_INSIDE, 1_500, 0, 0)
          .fault(Kind.CONNECTION_BREAK, 1_500, 0, 0)
          .scenario();
    }
  },

  /** Snapshots travel slowly, in small parts, and the power goes where they arrive. */
  TRANSFERS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .work(3, 60, 50, 10, 0)
          .snapshotChunks(64)
          .compaction(5, 512)
          .keep(128)
          .links(5)
          .fault(Kind.ISOLATE, 1_000, 300, 900)
          .fault(Kind.POWER_LOSS, 250, 20, 200)
          .scenario();
    }
  },

  /** Bits rot, and whoever was hurt comes back soon. */
  DAMAGE {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .work(6, 4, 10, 10, 0)
          .compaction(1_000, 16 << 10)
          .fault(Kind.BIT_ROT, 300, 20, 200)
          .fault(Kind.WIPE, 4_000, 20, 200)
          .scenario();
    }
  },

  /** Disks are lost, and leaders soon after. */
  LOST_DISKS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .work(6, 4, 10, 10, 0)
          .compaction(1_000, 16 << 10)
          .fault(Kind.WIPE, 400, 20, 200)
          .fault(Kind.ISOLATE, 900, 100, 900)
          .fault(Kind.KILL, 900, 20, 300)
          .scenario();
    }
  },

  /** Clients and balancers are left in doubt, and ask again. */
  RETRIES {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .balancers(2)
          .links(10)
          .compaction(10, 1 << 10)
          .work(8, 3, 10, 15, 0)
          .fault(Kind.KILL, 700, 20, 300)
          .fault(Kind.ISOLATE, 1_000, 200, 1_500)
          .fault(Kind.BALANCER_RESTART, 2_000, 0, 0)
          .fault(Kind.CONNECTION_BREAK, 1_000, 0, 0)
          .fault(Kind.TRANSFER, 1_500, 500, 1_000)
          .scenario();
    }
  },

  /** Balancers are left alone with a deposed leader for longer than a request may take. */
  ANSWERS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .balancers(2)
          .links(30)
          .work(8, 4, 10, 20, 0)
          .fault(Kind.PARTITION, 1_500, 2_500, 4_000)
          .fault(Kind.TRANSFER, 2_000, 300, 600)
          .scenario();
    }
  },

  /** Balancers come with a wrong ring. */
  RINGS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .groups(3)
          .balancers(2)
          .work(6, 6, 10, 50, 0)
          .fault(Kind.BALANCER_RESTART, 1_000, 300, 2_000)
          .scenario();
    }
  },

  /** Members come and go while leaders do. */
  MEMBERS {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .spare(3)
          .links(20)
          .work(4, 4, 15, 20, 0)
          .compaction(10, 1 << 10)
          .fault(Kind.MEMBERS, 500, 0, 0)
          .fault(Kind.ISOLATE, 1_200, 100, 900)
          .fault(Kind.PARTITION, 1_200, 100, 900)
          .fault(Kind.KILL, 1_500, 20, 300)
          .fault(Kind.TRANSFER, 1_500, 300, 600)
          .scenario();
    }
  },

  /** Leaders begin to change members when nobody hears them any more. */
  CUT_OFF {
    @Override
    Scenario scenario(long seed) {
      return new Sketch(seed)
          .nodes(3, 3)
          .spare(2)
          .balancers(2)
          .links(5)
          .work(3, 4, 20, 10, 0)
          .compaction(2, 256)
          .keep(128)
          .fault(Kind.STRAND, 900, 400, 900)
          .fault(Kind.MEMBERS, 150, 0, 0)
          .scenario();
    }
  };

  /** The scenario of a seed. */
  abstract Scenario scenario(long seed);

  /** A swarm's scenario, cut down to one group and redrawn where it matters. */
  private static final class Sketch {
    private static final long MILLIS = 1_000_000L;
    private static final int FIRST_MILLIS = 1_000;
    private static final int CHAOS_MILLIS = 9_000;

    private final Scenario drawn;
    private final SplittableRandom random;
    private final List<Fault> faults = new ArrayList<>();
    private int nodes = 3;
    private int balancers = 1;
    private int spare;
    private int groupCount = 1;
    private RaftOptions raft;
    private NodeOptions.Limits limits;
    private LinkConditions links = LinkConditions.CALM;
    private WorkloadPlan workload;
    private SnapshotExchange.Options snapshots;

    Sketch(long seed) {
      drawn = Scenarios.draw(seed, Scenarios.Profile.SWARM);
      random = new SplittableRandom(seed ^ 0x5eed);
      raft = drawn.raft();
      leases(raft.leaseReads());
      limits = drawn.limits();
      workload = drawn.workload();
      snapshots = drawn.snapshots();
    }

    Sketch nodes(int few, int many) {
      nodes = random.nextBoolean() ? few : many;
      return this;
    }

    /** Nodes that host nothing yet. */
    Sketch spare(int count) {
      spare = count;
      return this;
    }

    Sketch groups(int count) {
      groupCount = count;
      return this;
    }

    Sketch balancers(int count) {
      balancers = count;
      return this;
    }

    /** Messages are lost, repeated and overtaken, a few in a hundred, and take their time. */
    Sketch links(int spreadMillis) {
      links =
          new LinkConditions(
              100_000, spreadMillis * MILLIS, 10_000, 30_000, 10_000, 10_000, 300 * MILLIS, false);
      return this;
    }

    /** One message in ten takes much longer than an election. */
    Sketch slowLinks() {
      links = new LinkConditions(100_000, 5 * MILLIS, 0, 0, 0, 100_000, 1_500 * MILLIS, false);
      return this;
    }

    Sketch leases(boolean on) {
      return raft(raft.maxAppendBytes(), raft.maxUncommittedBytes(), on);
    }

    /** Appends carry little, so that what belongs together arrives apart. */
    Sketch append(int bytes) {
      return raft(bytes, 1 << 20, raft.leaseReads());
    }

    private Sketch raft(int appendBytes, long uncommittedBytes, boolean leases) {
      raft =
          new RaftOptions(
              40 * MILLIS,
              200 * MILLIS,
              400 * MILLIS,
              60 * MILLIS,
              appendBytes,
              Math.max(appendBytes, raft.maxInflightBytes()),
              raft.maxInflightAppends(),
              uncommittedBytes,
              raft.maxCachedBytes(),
              400 * MILLIS,
              leases,
              40 * MILLIS);
      return this;
    }

    Sketch compaction(int entries, int bytes) {
      limits =
          new NodeOptions.Limits(
              limits.maxMailboxBytes(),
              limits.maxMailboxRequests(),
              limits.maxPeerBytes(),
              limits.maxCommandBytes(),
              limits.maxEntryBytes(),
              bytes,
              entries,
              bytes > 1 << 16 ? 1 << 20 : limits.keepBytes(),
              bytes > 1 << 16 ? 8 << 20 : limits.maxWalBytes(),
              limits.defaultTimeoutMillis(),
              limits.diskReserveBytes());
      return this;
    }

    /** What is kept of a log for those who are a little behind. */
    Sketch keep(int bytes) {
      limits =
          new NodeOptions.Limits(
              limits.maxMailboxBytes(),
              limits.maxMailboxRequests(),
              limits.maxPeerBytes(),
              limits.maxCommandBytes(),
              limits.maxEntryBytes(),
              limits.compactBytes(),
              limits.compactEntries(),
              bytes,
              limits.maxWalBytes(),
              limits.defaultTimeoutMillis(),
              limits.diskReserveBytes());
      return this;
    }

    Sketch work(int clients, int keys, int thinkMillis, int readPercent, int leasePercent) {
      WorkloadPlan plan = workload;
      workload =
          new WorkloadPlan(
              clients,
              400,
              keys,
              thinkMillis,
              readPercent,
              plan.comparePercent() / 2,
              plan.ownIdentityPercent(),
              leasePercent,
              0,
              plan.sessionWindow());
      return this;
    }

    Sketch expiring(int percent) {
      WorkloadPlan plan = workload;
      workload =
          new WorkloadPlan(
              plan.clients(),
              plan.operations(),
              plan.keys(),
              plan.thinkMillis(),
              plan.readPercent(),
              plan.comparePercent(),
              plan.ownIdentityPercent(),
              plan.leasePercent(),
              percent,
              plan.sessionWindow());
      return this;
    }

    /** Transfers of many small parts, so that something happens in their midst. */
    Sketch snapshotChunks(int bytes) {
      snapshots = new SnapshotExchange.Options(bytes, 1 + random.nextInt(3), 0, 300 * MILLIS);
      return this;
    }

    /** On the average so many milliseconds apart, each within bounds as long. */
    Sketch fault(Kind kind, int gapMillis, int leastMillis, int mostMillis) {
      int at = FIRST_MILLIS;
      while (true) {
        at += 1 + (int) (-Math.log(1 - random.nextDouble()) * gapMillis);
        if (at >= CHAOS_MILLIS) {
          return this;
        }
        int duration = leastMillis + random.nextInt(mostMillis - leastMillis + 1);
        boolean leader = kind == Kind.TRANSFER || kind == Kind.STRAND || random.nextInt(3) > 0;
        faults.add(
            new Fault(
                kind,
                at,
                duration,
                kind == Kind.BALANCER_RESTART || leader ? 0 : 1 + random.nextInt(nodes),
                1,
                amount(kind)));
      }
    }

    private int amount(Kind kind) {
      return switch (kind) {
        case POWER_LOSS, ONE_WAY -> random.nextInt(2);
        case POWER_CUT_INSIDE -> 1 + random.nextInt(30);
        case STRAND -> random.nextInt(balancers);
        case PARTITION -> random.nextInt(1 << (nodes + balancers));
        case WALL_JUMP -> random.nextInt(-20, 20);
        case MEMBERS, BIT_ROT -> random.nextInt(Integer.MAX_VALUE);
        case BALANCER_RESTART -> groupCount > 1 ? 1 : 0;
        default -> 0;
      };
    }

    Scenario scenario() {
      TreeSet<Integer> members = new TreeSet<>();
      for (int node = 1; node <= nodes; node++) {
        members.add(node);
      }
      TreeMap<Integer, SortedSet<Integer>> groups = new TreeMap<>();
      for (int group = 1; group <= groupCount; group++) {
        groups.put(group, members);
      }
      faults.sort(Comparator.comparingInt(Fault::atMillis));
      return new Scenario(
          drawn.seed(),
          new Topology(nodes + spare, groups, balancers),
          raft,
          drawn.wal(),
          limits,
          snapshots,
          links,
          workload,
          faults,
          CHAOS_MILLIS,
          drawn.driftPerMillion(),
          drawn.hiccupNanos(),
          drawn.restartMillis());
    }
  }
}
