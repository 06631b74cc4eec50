package dev.flotilla.simulation;

import dev.flotilla.kv.KvOptions;
import dev.flotilla.kv.KvSettings;
import dev.flotilla.kv.KvStateMachine;
import dev.flotilla.kv.SlotRange;
import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.WriteBackEngine;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.runtime.ReplicaSpec;
import dev.flotilla.simulation.world.Dice;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.Topology;
import dev.flotilla.simulation.world.Watch;
import dev.flotilla.simulation.world.World;
import dev.flotilla.simulation.world.WorldSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A scenario's nodes: the real key-value state machine on the engine made for simulation. */
final class ScenarioSettings implements WorldSettings {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private static final long HOUR_MILLIS = 3_600_000L;

  /** Small: records leave it all the time, and are read from the engine again. */
  private static final int LEAST_RECORD_BYTES = 8 << 10;

  private final Scenario scenario;
  private final Supplier<Watch> watch;
  private final Map<Integer, String> addresses = new TreeMap<>();
  private final Map<Integer, KvOptions> options = new TreeMap<>();
  private final Dice dice;

  ScenarioSettings(Scenario scenario, Supplier<Watch> watch) {
    this.scenario = scenario;
    this.watch = watch;
    this.dice = new Dice(scenario.seed());
    for (int node = 1; node <= scenario.topology().nodes(); node++) {
      addresses.put(node, Topology.address(node));
    }
  }

  @Override
  public NodeOptions nodeOptions(int node) {
    return new NodeOptions(
        node,
        "n" + node,
        World.CLUSTER,
        addresses,
        scenario.raft(),
        scenario.wal(),
        scenario.snapshots(),
        scenario.limits());
  }

  @Override
  public List<ReplicaSpec> replicas(Host host, Map<Integer, StateMachine> machines) {
    List<ReplicaSpec> specs = new ArrayList<>();
    for (int group : host.groups()) {
      specs.add(
          new ReplicaSpec(
              group,
              "g" + group,
              founders(host.id(), group),
              !host.hasLostDisk(),
              directory -> {
                StateMachine machine =
                    watch
                        .get()
                        .watched(
                            host,
                            group,
                            new KvStateMachine(
                                new WriteBackEngine(
                                    new InMemoryEngine(host.disk(), directory, memtableBytes()),
                                    drains(),
                                    recordBytes(),
                                    KvStateMachine.SCANNED_PREFIX),
                                kvOptions(group)));
                machines.put(group, machine);
                return machine;
              }));
    }
    return specs;
  }

  /** Small enough that a full disk meets a state machine that has to flush. */
  private long memtableBytes() {
    return 256L << Dice.below(dice.roll(78, 0), 6);
  }

  /** From what most batches do not fit into to what takes long to fill. */
  private int recordBytes() {
    return LEAST_RECORD_BYTES << Dice.below(dice.roll(80, 0), 5);
  }

  /** What a replica gathered reaches its engine at once, or not before it has to. */
  private Executor drains() {
    return Dice.below(dice.roll(79, 0), 2) == 0 ? Runnable::run : later -> {};
  }

  /** Who was not there from the beginning waits to be let in. */
  private Membership founders(int node, int group) {
    SortedSet<Integer> first = scenario.topology().members(group);
    return first.contains(node) ? Membership.ofVoters(first) : Membership.EMPTY;
  }

  private KvOptions kvOptions(int group) {
    return options.computeIfAbsent(group, this::newKvOptions);
  }

  private KvOptions newKvOptions(int group) {
    return new KvOptions(
        1,
        scenario.topology().slots().ranges(group).stream()
            .map(range -> new SlotRange(range.from(), range.to()))
            .toList(),
        new KvSettings(
            256, 4 << 10, scenario.workload().sessionWindow(), HOUR_MILLIS, 7 * 24 * HOUR_MILLIS));
  }

  @Override
  public long restartNanos() {
    return scenario.restartMillis() * NANOS_PER_MILLI;
  }

  @Override
  public long driftPerMillion(int node) {
    int most = scenario.driftPerMillion();
    return most == 0 ? 0 : Dice.below(dice.roll(77, node), 2L * most + 1) - most;
  }

  @Override
  public long hiccupNanos() {
    return scenario.hiccupNanos();
  }
}
