package dev.flotilla.launcher.node;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.kv.KvOptions;
import dev.flotilla.kv.KvSettings;
import dev.flotilla.kv.KvStateMachine;
import dev.flotilla.kv.KvStats;
import dev.flotilla.kv.SlotRange;
import dev.flotilla.kv.engine.RocksDbEngine;
import dev.flotilla.kv.engine.WriteBackEngine;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.raft.env.NioDisk;
import dev.flotilla.raft.runtime.ReplicaSpec;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Opens the key-value state of a node's groups, on RocksDB, in the node's own folder. */
final class KvStateMachines {
  private final SlotTable slots;
  private final KvSettings settings;
  private final NodeResources shared;
  private final NioDisk disk;

  /** The machine a group uses now: one that is opened again takes the other's place. */
  private final Map<Integer, KvStateMachine> open = new ConcurrentHashMap<>();

  KvStateMachines(ClusterConfig config, NodeResources shared, NioDisk disk) {
    this.slots = RingSlots.genesis(config);
    this.settings = settings(config.tuning());
    this.shared = shared;
    this.disk = disk;
  }

  /** What the group would start its life with: the ring's slots for it. */
  ReplicaSpec.StateMachineFactory of(ClusterConfig.Group group) {
    KvOptions options =
        new KvOptions(
            slots.epoch(),
            slots.ranges(group.id()).stream()
                .map(range -> new SlotRange(range.from(), range.to()))
                .toList(),
            settings);
    return directory -> {
      KvStateMachine machine =
          new KvStateMachine(
              new WriteBackEngine(
                  new RocksDbEngine(disk.root(), directory, shared.engines()),
                  shared.drains(),
                  shared.recordBytes(),
                  KvStateMachine.SCANNED_PREFIX),
              options);
      open.put(group.id(), machine);
      return machine;
    };
  }

  /** A group's figures as of its last apply; none before it is open. From any thread. */
  Optional<KvStats> stats(int group) {
    return Optional.ofNullable(open.get(group)).map(KvStateMachine::stats);
  }

  /**
   * A limit raised in the file is raised for the replicas when the cluster begins; one lowered
   * there only narrows the front door, so that it can be raised again.
   */
  private static KvSettings settings(ClusterConfig.Tuning tuning) {
    KvSettings base = KvSettings.DEFAULT;
    return new KvSettings(
        Math.max(base.maxKeyBytes(), tuning.maxKeyBytes()),
        Math.max(base.maxValueBytes(), tuning.maxValueBytes()),
        base.sessionWindow(),
        base.sessionTtlMillis(),
        base.sessionRetiredMillis());
  }
}
