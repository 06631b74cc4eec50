package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.core.ReplicaIdentity;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.NodeIdentityFile;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.WriteAheadLog;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.raft.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a node together from its disk: identity, log, state machines, and what a crash left half
 * done.
 *
 * <p>The folder: {@code IDENTITY} (whose it is), {@code wal/}, and for each group a {@link
 * ReplicaFolder}. What of it may be damaged, and what follows, is told by {@link LogOpening} and
 * {@link StateRecovery}: a replica that has lost something comes back as another one and rejoins
 * its group; one that does not know any more what it promised refuses to start.
 */
final class NodeRecovery {
  private static final Logger log = LoggerFactory.getLogger(NodeRecovery.class);

  /** What one group's recovery found. */
  private record Found(
      ReplicaSpec spec,
      ReplicaFolder folder,
      GroupLog stored,
      SnapshotStore store,
      MachineSlot slot,
      Backlog backlog,
      AppliedMemberships memberships) {}

  private final NodeOptions options;
  private final NodeEnvironment env;
  private final FatalOnce fatal;
  private final NodeMetrics metrics;
  private final NodeEvents events;

  NodeRecovery(NodeOptions options, NodeEnvironment env, RaftNode.FatalHandler fatal) {
    this.options = options;
    this.env = env;
    this.fatal = new FatalOnce(fatal);
    this.metrics = new NodeMetrics(env.clock().nanoTime());
    this.events = new NodeEvents(env.clock());
  }

  NodeAssembly recover(List<ReplicaSpec> specs, BackgroundWork background) throws IOException {
    Disk disk = env.disk();
    NodeIdentityFile identity =
        NodeIdentityFile.openOrCreate(
            disk,
            options.clusterId(),
            options.node(),
            env.random().stream("identity"),
            List.of(LogOpening.WAL, ReplicaFolder.GROUPS));
    long incarnation = identity.identity().incarnation();
    LogOpening opening =
        new LogOpening(options, env, new LogIdentity(options.node(), incarnation), specs);
    List<Found> found = new ArrayList<>();
    WriteAheadLog wal = null;
    try {
      wal = opening.open(identity.isReady(), identity.keepsReplicas(), background);
      wal.sync();
      if (!identity.isReady() || !identity.keepsReplicas()) {
        identity.markReady();
      }
      for (ReplicaSpec spec : specs) {
        found.add(recover(spec, opening, wal.group(spec.group()).orElseThrow()));
      }
      wal.sync();
      wal.keepRoom();
      return assemble(wal, List.copyOf(opening.folders().values()), found, incarnation);
    } catch (IOException | RuntimeException e) {
      for (Found group : found) {
        closeAfter(e, group.slot().machine);
      }
      opening.close(e);
      if (wal != null) {
        closeAfter(e, wal);
      }
      throw e;
    }
  }

  static void closeAfter(Exception failure, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private Found recover(ReplicaSpec spec, LogOpening opening, GroupLog stored) throws IOException {
    ReplicaFolder folder = opening.folder(spec.group());
    folder.prepare();
    SnapshotStore store = new SnapshotStore(env.disk(), folder.snapshots(), spec.group());
    StateRecovery recovery = new StateRecovery(spec, folder, stored, store, opening.isAlone(spec));
    StateMachine machine = recovery.open();
    try {
      AppliedPosition applied = machine.applied();
      AppliedMemberships memberships = recovery.memberships(applied.index());
      ReplicaIdentity identity = folder.identity();
      if (identity.reborn()
          && memberships.at(applied.index()).incarnationOf(options.node())
              == identity.incarnation()) {
        folder.rejoined();
      }
      log.info(
          "{} {}: replica {}{}, term {}, log {}..{}, state at {}",
          options.name(),
          spec.name(),
          Long.toHexString(identity.incarnation()),
          folder.isRejoining() ? " rejoining" : "",
          stored.hardState().term(),
          stored.base().index() + 1,
          stored.lastIndex(),
          applied.index());
      Backlog backlog =
          new Backlog(options.limits().maxMailboxRequests(), options.limits().maxMailboxBytes());
      GroupMetrics groupMetrics = new GroupMetrics(backlog);
      metrics.add(spec.group(), groupMetrics);
      MachineSlot slot = new MachineSlot(spec.group(), spec.name(), machine, groupMetrics);
      return new Found(spec, folder, stored, store, slot, backlog, memberships);
    } catch (IOException | RuntimeException e) {
      closeAfter(e, machine);
      throw e;
    }
  }

  private NodeAssembly assemble(
      WriteAheadLog wal, List<ReplicaFolder> folders, List<Found> found, long incarnation) {
    NodeOptions.Limits limits = options.limits();
    Mailbox mailbox =
        new Mailbox(limits.maxMailboxRequests(), limits.maxMailboxBytes(), limits.maxPeerBytes());
    SortedMap<Integer, MachineSlot> slots = new TreeMap<>();
    for (Found group : found) {
      slots.put(group.spec().group(), group.slot());
    }
    Applier applier = new Applier(env.clock(), mailbox, metrics, slots);
    SnapshotWorker snapshots =
        new SnapshotWorker(
            env.disk(),
            mailbox,
            listener ->
                new SnapshotExchange(
                    options.node(),
                    env.disk(),
                    env.clock(),
                    env.transport(),
                    options.snapshots(),
                    listener));
    LoopContext context =
        new LoopContext(
            options,
            env.clock(),
            metrics,
            mailbox,
            new PeerOutbox(env.transport()),
            applier,
            snapshots,
            new DiskGuard(env.disk(), limits.diskReserveBytes(), metrics, options.name(), events),
            events);
    SortedMap<Integer, Replica> replicas = new TreeMap<>();
    for (Found group : found) {
      int id = group.spec().group();
      snapshots.register(id, group.store());
      replicas.put(
          id,
          new Replica(
              context,
              group.spec(),
              group.folder(),
              core(group, context.nowNanos),
              group.stored(),
              group.memberships(),
              group.slot(),
              group.backlog()));
    }
    NodeLoop loop =
        new NodeLoop(
            context,
            wal,
            replicas,
            new StatusReport(options, incarnation),
            new Contacts(options, env.transport()),
            fatal);
    RequestIntake intake = new RequestIntake(limits, slots.keySet(), env.clock(), mailbox, metrics);
    return new NodeAssembly(
        options, env, wal, folders, mailbox, loop, applier, snapshots, intake, metrics, events);
  }

  private RaftCore core(Found group, long nowNanos) {
    HardState hardState = group.stored().hardState();
    return new RaftCore(
        options.node(),
        options.raft(),
        env.random().stream("raft/g" + group.spec().group()),
        new RaftCore.Recovered(
            hardState, group.stored(), group.slot().published.index(), group.folder().identity()),
        nowNanos);
  }
}
