package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.NodeIdentity;
import dev.flotilla.raft.env.NodeIdentityFile;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.log.WriteAheadLog;
import dev.flotilla.simulation.world.Violation;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/** What a node's log would be if the power went now and nothing unsynced survived. */
final class DurableImage implements AutoCloseable {
  private final WriteAheadLog log;

  private DurableImage(WriteAheadLog log) {
    this.log = log;
  }

  static DurableImage of(SimulatedDisk disk, String cluster, int node, WalOptions options) {
    SimulatedDisk image = disk.durableImage();
    try {
      NodeIdentity identity =
          NodeIdentityFile.openOrCreate(
                  image, cluster, node, new SplittableRandom(0), List.of("wal"))
              .identity();
      return new DurableImage(
          WriteAheadLog.open(
              image,
              "wal",
              new LogIdentity(node, identity.incarnation()),
              options,
              BackgroundWork.INLINE));
    } catch (IOException e) {
      throw new Violation("what is durable can be read", "n" + node, e);
    }
  }

  HardState hardState(int group) {
    return log.group(group).map(GroupLog::hardState).orElse(HardState.INITIAL);
  }

  /** Whether the group's log holds the entry, or had held it and compacted it. */
  boolean holds(int group, long index, long term) {
    GroupLog stored = log.group(group).orElse(null);
    if (stored == null || index > stored.lastIndex()) {
      return false;
    }
    return index <= stored.base().index() || stored.read(index, index, 1).getFirst().term() == term;
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
