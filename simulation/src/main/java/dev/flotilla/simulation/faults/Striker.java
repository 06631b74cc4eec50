package dev.flotilla.simulation.faults;

import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.world.Balancer;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.LinkConditions;
import dev.flotilla.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes faults happen, and takes them back when their time is over. */
public final class Striker {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** Hand-overs that were asked for are over when everything has to come to rest. */
  private static final int MOST_TRANSFER_MILLIS = 800;

  private final World world;
  private final LinkConditions usual;
  private final Consumer<Balancer> crowd;
  private final List<Runnable> active = new ArrayList<>();
  private boolean over;
  private long struck;

  /**
   * @param usual how links behave when no fault says otherwise
   * @param crowd sends many writes through a balancer
   */
  public Striker(World world, LinkConditions usual, Consumer<Balancer> crowd) {
    this.world = world;
    this.usual = usual;
    this.crowd = crowd;
  }

  /** Puts the faults on the timeline. */
  public void schedule(List<Fault> faults) {
    for (Fault fault : faults) {
      world
          .timeline()
          .at(
              fault.atMillis() * NANOS_PER_MILLI,
              () -> {
                if (!over) {
                  strike(fault);
                }
              });
    }
  }

  /** Nothing goes wrong any more, for good. */
  public void healEverything() {
    over = true;
    active.clear();
    world.balancers().stream()
        .filter(balancer -> !balancer.hasRightRing())
        .forEach(Balancer::restart);
    world.network().healForGood();
    world.hosts().forEach(Host::heal);
    world.trace().note(0, "healed");
  }

  /** How many faults found something to hit. */
  public long struck() {
    return struck;
  }

  private void strike(Fault fault) {
    struck++;
    world.trace().event(0, fault.kind().name(), fault.forMillis(), fault.node(), fault.amount());
    switch (fault.kind()) {
      case POWER_LOSS_OF_ALL -> {
        world.hosts().forEach(host -> host.losePower(false));
        later(fault, () -> world.hosts().forEach(Host::start));
      }
      case PARTITION -> partition(fault);
      case LINK_TROUBLE -> {
        world.network().setConditions(trouble(fault.amount()));
        later(fault, () -> world.network().setConditions(usual));
      }
      case MEMBERS -> {
        Host leader = leader(fault.group());
        if (leader != null) {
          new MemberChanges(world).ask(leader, fault);
        }
      }
      case BALANCER_RESTART -> {
        List<Balancer> balancers = world.balancers();
        Balancer balancer = balancers.get(fault.node() % balancers.size());
        if (fault.amount() == 1) {
          balancer.restartWithWrongRing();
          later(fault, balancer::restart);
        } else {
          balancer.restart();
        }
      }
      default -> strike(fault, victim(fault));
    }
  }

  private void strike(Fault fault, Host host) {
    switch (fault.kind()) {
      case KILL -> {
        host.kill();
        later(fault, host::start);
      }
      case POWER_LOSS -> {
        host.losePower(fault.amount() == 1);
        later(fault, host::start);
      }
      case POWER_CUT_INSIDE -> host.cutPowerAfter(fault.amount());
      case PAUSE -> host.pause(fault.forMillis() * NANOS_PER_MILLI);
      case ISOLATE -> isolate(fault, host, true, true);
      case STRAND -> strand(fault, host);
      case ONE_WAY -> isolate(fault, host, fault.amount() == 0, fault.amount() != 0);
      case BRIDGE -> bridge(fault, host);
      case FLAPPING -> flap(fault, host);
      case CONNECTION_BREAK ->
          world.hosts().stream()
              .filter(other -> other != host)
              .forEach(other -> world.breakConnection(host.id(), other.id()));
      case SLOW_DISK -> {
        host.setSyncNanos(fault.amount() * NANOS_PER_MILLI);
        later(fault, () -> host.setSyncNanos(0));
      }
      case SYNC_FAILURE -> host.failSyncAfter(fault.amount());
      case READ_FAILURE -> host.failReadAfter(fault.amount());
      case DISK_FULL -> {
        host.setRoom(fault.amount() * 1024L);
        later(fault, () -> host.setRoom(-1));
      }
      case WIPE -> damage(fault, host, host::wipe);
      case BIT_ROT -> damage(fault, host, () -> host.flipBit(world.dice().roll(fault.amount(), 3)));
      case WALL_JUMP -> host.jumpWallClock(fault.amount() * 1_000L);
      case TRANSFER -> transfer(fault, host);
      case POWER_LOSS_OF_ALL, PARTITION, LINK_TROUBLE, BALANCER_RESTART, MEMBERS ->
          throw new IllegalArgumentException(fault.kind() + " has no single victim");
    }
  }

  /**
   * Damage stays within the promise: at most one replica of each group has lost something that its
   * group has not given back.
   */
  private void damage(Fault fault, Host host, Runnable blow) {
    boolean othersAreWhole =
        host.groups().stream()
            .flatMap(group -> world.hostsOf(group).stream())
            .noneMatch(node -> node != host.id() && world.host(node).isImpaired());
    if (othersAreWhole && areSettled(host)) {
      blow.run();
      later(fault, host::start);
    }
  }

  /** Whether every group of the host knows its members, all of them, and is not changing them. */
  private boolean areSettled(Host host) {
    return host.groups().stream().allMatch(this::isSettled);
  }

  private boolean isSettled(int group) {
    Host leader = leader(group);
    ReplicaView view = leader == null ? null : leader.view(group);
    if (view == null || !view.status().membershipSettled()) {
      return false;
    }
    Membership membership = view.status().membership();
    return membership.learners().isEmpty()
        && membership.voters().stream()
            .allMatch(node -> {
              ReplicaView member = world.host(node).view(group);
              return member != null
                  && membership.incarnationOf(node) == member.status().incarnation()
                  && member.status().membership().equals(membership);
            });
  }

  /** Whoever leads the group by the newest term, when the fault asks for that; else the node. */
  private Host victim(Fault fault) {
    if (fault.node() != 0) {
      return world.host(fault.node());
    }
    Host leader = leader(fault.group());
    return leader != null ? leader : world.host(world.hostsOf(fault.group()).first());
  }

  private @Nullable Host leader(int group) {
    Host leader = null;
    long term = -1;
    for (int node : world.hostsOf(group)) {
      Host host = world.host(node);
      ReplicaView view = host.view(group);
      if (view != null && view.status().role() == Role.LEADER && view.status().term() > term) {
        term = view.status().term();
        leader = host;
      }
    }
    return leader;
  }

  private void later(Fault fault, Runnable undo) {
    active.add(undo);
    world
        .timeline()
        .after(
            fault.forMillis() * NANOS_PER_MILLI,
            () -> {
              if (active.remove(undo)) {
                undo.run();
              }
            });
  }

  private void cutFor(Fault fault, int from, int to) {
    world.network().cut(from, to);
    later(fault, () -> world.network().join(from, to));
  }

  private List<Integer> endpoints() {
    List<Integer> endpoints = new ArrayList<>();
    world.hosts().forEach(host -> endpoints.add(host.id()));
    world.balancers().forEach(balancer -> endpoints.add(balancer.id()));
    return endpoints;
  }

  private void partition(Fault fault) {
    List<Integer> endpoints = endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      for (int j = 0; j < endpoints.size(); j++) {
        if ((fault.amount() >> i & 1) != (fault.amount() >> j & 1)) {
          cutFor(fault, endpoints.get(i), endpoints.get(j));
        }
      }
    }
  }

  private void strand(Fault fault, Host host) {
    Balancer companion = world.balancers().get(fault.amount() % world.balancers().size());
    crowd.accept(companion);
    for (int other : endpoints()) {
      if (other != host.id() && other != companion.id()) {
        for (int end : List.of(host.id(), companion.id())) {
          cutFor(fault, end, other);
          cutFor(fault, other, end);
        }
      }
    }
  }

  private void isolate(Fault fault, Host host, boolean inbound, boolean outbound) {
    for (int other : endpoints()) {
      if (other != host.id()) {
        if (inbound) {
          cutFor(fault, other, host.id());
        }
        if (outbound) {
          cutFor(fault, host.id(), other);
        }
      }
    }
  }

  private void bridge(Fault fault, Host bridge) {
    List<Integer> endpoints = endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      for (int j = 0; j < endpoints.size(); j++) {
        int from = endpoints.get(i);
        int to = endpoints.get(j);
        boolean apart = (fault.amount() >> i & 1) != (fault.amount() >> j & 1);
        if (apart && from != bridge.id() && to != bridge.id()) {
          cutFor(fault, from, to);
        }
      }
    }
  }

  private void flap(Fault fault, Host host) {
    int period = Math.max(1, fault.amount());
    for (int at = 0; at < fault.forMillis(); at += 2 * period) {
      world
          .timeline()
          .after(
              at * NANOS_PER_MILLI,
              () -> {
                if (!over) {
                  Fault once =
                      new Fault(Fault.Kind.ISOLATE, fault.atMillis(), period, host.id(), 0, 0);
                  isolate(once, host, true, true);
                }
              });
    }
  }

  private static LinkConditions trouble(int badness) {
    return new LinkConditions(
        100_000,
        200_000L * badness,
        3_000 * badness,
        2_000 * badness,
        500 * badness,
        3_000 * badness,
        20_000_000L * badness,
        false);
  }

  private void transfer(Fault fault, Host host) {
    if (host.isUp()) {
      host.assembly()
          .transferLeadership(
              TransferLeadershipRequest.newBuilder()
                  .setGroup(fault.group())
                  .setTarget(fault.amount())
                  .setTimeoutMillis(Math.clamp(fault.forMillis(), 1, MOST_TRANSFER_MILLIS))
                  .build());
    }
  }
}
