package dev.flotilla.simulation.faults;

import dev.flotilla.simulation.faults.Fault.Kind;
import dev.flotilla.simulation.world.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Draws a run's faults. Each kind is switched off with probability one half and the rates differ by
 * orders of magnitude between runs (swarm testing, Groce et al., ISSTA 2012): what only happens
 * when something else does not is found too.
 */
public final class FaultPlanner {
  /** Long enough for a tail, and for the others to go on without. */
  private static final int LEAST_STRANDED = 300;

  private final SplittableRandom random;
  private final Topology topology;
  private final int fromMillis;
  private final int toMillis;

  public FaultPlanner(SplittableRandom random, Topology topology, int fromMillis, int toMillis) {
    this.random = random;
    this.topology = topology;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
  }

  /**
   * @param allowed the kinds that may be drawn
   */
  public List<Fault> draw(Set<Kind> allowed) {
    EnumSet<Kind> on = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (random.nextBoolean() && allowed.contains(kind)) {
        on.add(kind);
      }
    }
    List<Fault> faults = new ArrayList<>();
    for (Kind kind : on) {
      // From one in the whole run to one every 300 ms.
      double perSecond = Math.pow(10, -1.3 + 1.8 * random.nextDouble());
      int most =
          switch (kind) {
            case POWER_LOSS_OF_ALL, SYNC_FAILURE, READ_FAILURE, DISK_FULL, WIPE, BIT_ROT -> 6;
            default -> 60;
          };
      int count = Math.clamp(Math.round(perSecond * (toMillis - fromMillis) / 1_000.0), 1, most);
      for (int i = 0; i < count; i++) {
        faults.add(draw(kind));
      }
    }
    faults.sort(Comparator.comparingInt(Fault::atMillis));
    return faults;
  }

  private Fault draw(Kind kind) {
    int at = fromMillis + random.nextInt(toMillis - fromMillis);
    int group = pick(topology.groups().keySet());
    // Leaders are the more interesting victims.
    int node = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(topology.nodes());
    int duration = kind == Kind.STRAND ? LEAST_STRANDED + random.nextInt(3_500) : duration();
    int amount =
        switch (kind) {
          case POWER_LOSS, ONE_WAY -> random.nextInt(2);
          case POWER_CUT_INSIDE -> 1 + random.nextInt(40);
          case PARTITION, BRIDGE -> random.nextInt(1 << topology.nodes() + topology.balancers());
          case STRAND -> random.nextInt(topology.balancers());
          case FLAPPING -> 20 + random.nextInt(400);
          case LINK_TROUBLE -> 1 + random.nextInt(random.nextBoolean() ? 10 : 100);
          case SLOW_DISK -> 1 + random.nextInt(random.nextBoolean() ? 20 : 3_000);
          case SYNC_FAILURE, READ_FAILURE -> 1 + random.nextInt(60);
          case DISK_FULL -> random.nextInt(64);
          case WALL_JUMP -> random.nextInt(-100_000, 100_000);
          case TRANSFER -> random.nextBoolean() ? 0 : pick(topology.members(group));
          case BIT_ROT, MEMBERS -> random.nextInt(Integer.MAX_VALUE);
          case KILL, POWER_LOSS_OF_ALL, PAUSE, ISOLATE, CONNECTION_BREAK, BALANCER_RESTART, WIPE ->
              0;
        };
    if (kind == Kind.TRANSFER || kind == Kind.STRAND) {
      node = 0;
    }
    if (kind == Kind.BALANCER_RESTART) {
      node = random.nextInt(topology.balancers());
    }
    return new Fault(kind, at, duration, node, group, amount);
  }

  /** From a moment to several election timeouts. */
  private int duration() {
    return (int) Math.round(Math.pow(10, 1 + 2.7 * random.nextDouble()));
  }

  private int pick(Set<Integer> from) {
    return from.stream().sorted().skip(random.nextInt(from.size())).findFirst().orElseThrow();
  }
}
