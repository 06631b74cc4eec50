package dev.flotilla.simulation.world;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.GroupMembers;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.NodeConnections;
import dev.flotilla.balancer.routing.RetryReason;
import dev.flotilla.balancer.routing.Router;
import dev.flotilla.balancer.routing.RouterEnvironment;
import dev.flotilla.balancer.routing.RouterEvents;
import dev.flotilla.balancer.routing.RouterOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A balancer: the real router over simulated streams. It may be killed and started anew. */
public final class Balancer {
  private static final class Links implements NodeConnections {
    private final World world;
    private final Balancer balancer;
    private final Map<Integer, BalancerLink> links = new TreeMap<>();

    Links(World world, Balancer balancer) {
      this.world = world;
      this.balancer = balancer;
    }

    @Override
    public BalancerLink to(int node) {
      return links.computeIfAbsent(node, id -> new BalancerLink(world, balancer, id));
    }

    @Override
    public void want(Map<Integer, String> addresses) {
      addresses.forEach((node, address) -> {
        if (!address.equals(Topology.address(node))) {
          throw new Violation(
              "balancers know where the nodes are",
              "balancer %d looks for n%d at %s".formatted(balancer.id, node, address));
        }
        to(node);
      });
      links.forEach((node, link) -> link.setWanted(addresses.containsKey(node)));
    }

    @Override
    public void close() {
      links.values().forEach(BalancerLink::close);
    }
  }

  private final World world;
  private final int id;
  private SlotTable slots;
  private Links links;
  private Router router;
  private int lives = 1;

  Balancer(World world, int id) {
    this.world = world;
    this.id = id;
    this.slots = world.topology().slots();
    this.links = new Links(world, this);
    this.router = newRouter();
  }

  public int id() {
    return id;
  }

  /** Counts its lives: who asked an earlier one never hears from it. */
  public int lives() {
    return lives;
  }

  public Router router() {
    return router;
  }

  public SlotTable slots() {
    return slots;
  }

  /** The process is killed and another takes its place, knowing nothing. */
  public void restart() {
    restart(world.topology().slots());
  }

  /** Whether it routes by the ring that the nodes go by. */
  public boolean hasRightRing() {
    return slots.equals(world.topology().slots());
  }

  /** The same, with a configuration that gives slots to the wrong groups. */
  public void restartWithWrongRing() {
    restart(world.topology().wrongSlots());
  }

  private void restart(SlotTable newSlots) {
    slots = newSlots;
    links.close();
    lives++;
    links = new Links(world, this);
    router = newRouter();
    world.trace().event(id, "restart", lives, 0, 0);
  }

  void connectionLost(int node) {
    BalancerLink link = links.links.get(node);
    if (link != null) {
      link.reset();
    }
  }

  private Router newRouter() {
    int life = lives;
    List<GroupMembers> groups = new ArrayList<>();
    world
        .topology()
        .groups()
        .forEach((group, members) ->
            groups.add(
                new GroupMembers(
                    group,
                    "g" + group,
                    members.stream()
                        .map(node -> new GroupView.Member(node, Topology.address(node)))
                        .toList())));
    Router made =
        new Router(
            slots,
            groups,
            links,
            new RouterEnvironment(
                () -> world.timeline().nowNanos(),
                (delayNanos, task) -> {
                  boolean[] cancelled = new boolean[1];
                  world
                      .timeline()
                      .after(
                          delayNanos,
                          () -> {
                            if (!cancelled[0] && life == lives) {
                              task.run();
                            }
                          });
                  return () -> cancelled[0] = true;
                },
                new SplittableRandom(world.dice().roll(id, life))),
            RouterOptions.defaults(),
            new RouterEvents() {
              @Override
              public void retried(int group, RetryReason reason) {
                world.watch().retried();
              }
            });
    made.followMembers();
    return made;
  }
}
