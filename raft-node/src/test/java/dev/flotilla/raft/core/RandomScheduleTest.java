package dev.flotilla.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.CoreCluster.Network;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of delays, losses, repetitions, partitions, pauses, crashes, lost disks,
 * transfers, membership changes, snapshots and compactions, every event checked. {@code
 * -Dcore.seeds=N} runs more of them, {@code -Dcore.seed=S} one.
 */
class RandomScheduleTest {
  private static final long MILLIS = CoreCluster.MILLIS;
  private static final TreeSet<Integer> NODES = new TreeSet<>(Set.of(1, 2, 3, 4, 5));

  private final Map<String, Integer> marks = new TreeMap<>();

  @Test
  void everyRandomScheduleIsSafeAndEndsAlive() {
    long single = Long.getLong("core.seed", -1);
    if (single >= 0) {
      run(single);
      return;
    }
    int seeds = Integer.getInteger("core.seeds", 300);
    for (long seed = 0; seed < seeds; seed++) {
      run(seed);
    }
    assertThat(marks)
        .containsKeys(
            "tail replaced",
            "snapshot installed",
            "snapshot over a longer log",
            "log compacted",
            "read by quorum",
            "read on lease",
            "joint entered",
            "membership changed",
            "transfer done",
            "transfer given up",
            "stranger heard",
            "removal learned",
            "wiped",
            "wiped, told to join",
            "made a learner",
            "learner promoted",
            "node replaced",
            "refused OVERLOADED",
            "refused TRANSFERRING",
            "refused CHANGE_IN_PROGRESS");
  }

  private void run(long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ 0x5eed);
    boolean leases = random.nextInt(3) == 0;
    RaftOptions options =
        new RaftOptions(
            50 * MILLIS,
            300 * MILLIS,
            600 * MILLIS,
            random.nextBoolean() ? 100 * MILLIS : 1,
            200 + random.nextInt(800),
            2_000,
            1 + random.nextInt(8),
            800 + random.nextInt(4_000),
            random.nextInt(2_000),
            400 * MILLIS,
            leases,
            30 * MILLIS);
    CoreCluster cluster =
        new CoreCluster(seed, options, NODES, Membership.ofVoters(Set.of(1, 2, 3)));
    try {
      disturb(cluster, random);
      cluster.healAndRequireProgress(30_000 * MILLIS);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + " at " + cluster.now() / MILLIS + " ms\n" + cluster.recentTrace(), e);
    }
    cluster.marks().forEach((mark, count) -> marks.merge(mark, count, Integer::sum));
  }

  private static void disturb(CoreCluster cluster, SplittableRandom random) {
    boolean crashes = random.nextBoolean();
    boolean partitions = random.nextBoolean();
    boolean changes = random.nextBoolean();
    boolean transfers = random.nextBoolean();
    boolean compaction = random.nextBoolean();
    boolean pauses = random.nextBoolean();
    boolean wipes = random.nextBoolean();
    cluster.network =
        new Network(
            random.nextBoolean() ? 0 : random.nextDouble() * 0.2,
            random.nextBoolean() ? 0 : random.nextDouble() * 0.2,
            (1 + random.nextLong(random.nextBoolean() ? 5 : 200)) * MILLIS,
            random.nextBoolean());
    cluster.maxSync = (random.nextBoolean() ? 2 : 60) * MILLIS;
    int steps = 100 + random.nextInt(150);
    for (int i = 0; i < steps; i++) {
      cluster.runFor(random.nextLong(120 * MILLIS));
      client(cluster, random);
      int die = random.nextInt(100);
      if (crashes && die < 6) {
        SimNode node = cluster.any();
        if (node.isUp()) {
          node.crash();
        } else {
          node.start();
        }
      } else if (partitions && die < 12) {
        partition(cluster, random);
      } else if (partitions && die < 18) {
        cluster.heal();
      } else if (transfers && die < 24) {
        target(cluster, random).submit(new Input.TransferLeadership(random.nextInt(6)));
      } else if (changes && die < 34) {
        MemberChaos.change(cluster, target(cluster, random), random);
      } else if (compaction && die < 50) {
        cluster.any().flushAndCompact();
      } else if (pauses && die < 56) {
        cluster.any().pause(random.nextLong(1_500 * MILLIS));
      } else if (partitions && die < 64) {
        // A connection breaks although both ends live.
        SimNode leader = target(cluster, random);
        for (SimNode node : cluster.all()) {
          if (random.nextBoolean()) {
            node.submit(new Input.PeerUnreachable(leader.id));
          }
        }
      } else if (wipes && die < 67) {
        MemberChaos.wipe(cluster, random);
      } else if ((crashes || wipes) && die < 73) {
        cluster.all().stream().filter(node -> !node.isUp()).forEach(SimNode::start);
      }
    }
  }

  private static void client(CoreCluster cluster, SplittableRandom random) {
    int writes = random.nextInt(random.nextInt(20) == 0 ? 40 : 4);
    for (int i = 0; i < writes; i++) {
      cluster.propose(target(cluster, random));
    }
    for (SimNode node : cluster.all()) {
      if (random.nextInt(3) == 0) {
        cluster.read(node, random.nextBoolean());
      }
    }
  }

  private static SimNode target(CoreCluster cluster, SplittableRandom random) {
    SimNode leader = cluster.leader();
    return leader != null && random.nextInt(5) != 0 ? leader : cluster.any();
  }

  private static void partition(CoreCluster cluster, SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> cluster.isolate(cluster.any().id);
      case 1 -> cluster.isolate(target(cluster, random).id);
      case 2 -> cluster.cut(1 + random.nextInt(5), 1 + random.nextInt(5)); // one way only
      default -> {
        TreeSet<Integer> side = new TreeSet<>();
        NODES.stream().filter(id -> random.nextBoolean()).forEach(side::add);
        for (int a : side) {
          NODES.stream()
              .filter(b -> !side.contains(b))
              .forEach(b -> {
                cluster.cut(a, b);
                cluster.cut(b, a);
              });
        }
      }
    }
  }
}
