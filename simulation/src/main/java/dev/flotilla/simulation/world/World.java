package dev.flotilla.simulation.world;

import dev.flotilla.raft.env.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Everything there is in a run: one timeline, one network, hosts, balancers. */
public final class World {
  /** The cluster's id. */
  public static final String CLUSTER = "simulated";

  /** How long others take to notice that a process is gone whose connections were closed. */
  private static final long NOTICE_NANOS = 300_000;

  private final Timeline timeline = new Timeline();
  private final Trace trace = new Trace(timeline);
  private final Dice dice;
  private final Topology topology;
  private final WorldSettings settings;
  private final SimulatedNetwork network;
  private final SortedMap<Integer, Host> hosts = new TreeMap<>();
  private final SortedMap<Integer, SortedSet<Integer>> hosting = new TreeMap<>();
  private final List<Balancer> balancers = new ArrayList<>();
  private final Watch watch;

  public World(
      long seed,
      Topology topology,
      WorldSettings settings,
      LinkConditions conditions,
      Function<World, Watch> watch) {
    this.dice = new Dice(seed);
    this.topology = topology;
    this.settings = settings;
    this.network = new SimulatedNetwork(timeline, dice, conditions);
    topology.groups().forEach((group, nodes) -> hosting.put(group, new TreeSet<>(nodes)));
    for (int id = 1; id <= topology.nodes(); id++) {
      long origin = Dice.below(dice.roll(id, -1), 1L << 50);
      hosts.put(
          id, new Host(this, id, new HostClock(timeline, origin, settings.driftPerMillion(id))));
    }
    this.watch = watch.apply(this);
    for (int i = 0; i < topology.balancers(); i++) {
      balancers.add(new Balancer(this, Topology.FIRST_BALANCER + i));
    }
  }

  public Timeline timeline() {
    return timeline;
  }

  public Trace trace() {
    return trace;
  }

  public Dice dice() {
    return dice;
  }

  public Topology topology() {
    return topology;
  }

  /** The nodes that host a replica of the group, whether it is a member (still) or not. */
  public SortedSet<Integer> hostsOf(int group) {
    SortedSet<Integer> hosts = hosting.get(group);
    if (hosts == null) {
      throw new IllegalArgumentException("no group " + group);
    }
    return hosts;
  }

  public List<Integer> groupsOf(int node) {
    return hosting.entrySet().stream()
        .filter(group -> group.getValue().contains(node))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** From its next start on, the node hosts a replica that waits to be let into the group. */
  public void invite(int node, int group) {
    hostsOf(group).add(node);
  }

  public SimulatedNetwork network() {
    return network;
  }

  public Collection<Host> hosts() {
    return hosts.values();
  }

  public Host host(int id) {
    Host host = hosts.get(id);
    if (host == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return host;
  }

  public List<Balancer> balancers() {
    return balancers;
  }

  WorldSettings settings() {
    return settings;
  }

  Watch watch() {
    return watch;
  }

  long hiccupNanos() {
    return settings.hiccupNanos();
  }

  void connected(Host started) {
    for (Host other : hosts.values()) {
      if (other != started) {
        tell(started, other, Transport.Receiver::onPeerConnected);
        tell(other, started, Transport.Receiver::onPeerConnected);
      }
    }
  }

  /**
   * @param noticed whether its connections were closed, rather than falling silent
   */
  void disconnected(Host ended, boolean noticed) {
    if (!noticed) {
      return;
    }
    for (Host other : hosts.values()) {
      if (other != ended) {
        tell(ended, other, Transport.Receiver::onPeerDisconnected);
      }
    }
    for (Balancer balancer : balancers) {
      timeline.after(NOTICE_NANOS, () -> balancer.connectionLost(ended.id()));
    }
  }

  /** An operator's change of members has ended. */
  public void membersChanged(boolean done) {
    watch.membersChanged(done);
  }

  /** The connection between two nodes breaks, and each notices. */
  public void breakConnection(int one, int other) {
    tell(host(one), host(other), Transport.Receiver::onPeerDisconnected);
    tell(host(other), host(one), Transport.Receiver::onPeerDisconnected);
  }

  private interface Notice {
    void tell(Transport.Receiver receiver, int node);
  }

  private void tell(Host about, Host whom, Notice notice) {
    timeline.after(
        NOTICE_NANOS,
        () -> {
          Transport.Receiver receiver = whom.receiver();
          if (receiver != null && !network.isCut(about.id(), whom.id())) {
            notice.tell(receiver, about.id());
          }
        });
  }
}
