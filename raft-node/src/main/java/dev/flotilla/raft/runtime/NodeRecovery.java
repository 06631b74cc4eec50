package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.core.ReplicaIdentity;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.NodeIdentityFile;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogDamagedException;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.WriteAheadLog;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.raft.snapshot.SnapshotStore;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a node together from its disk: identity, log, state machines, and what a crash left half
 * done.
 *
 * <p>The folder: {@code IDENTITY}, {@code wal/}, and for each group {@code groups/g<id>/state} and
 * {@code groups/g<id>/snapshots}.
 *
 * <p>Log and state machine may disagree after a crash in one way only: the log was emptied for a
 * snapshot (its base is that snapshot's position) and the state machine does not have it yet. Then
 * the snapshot is installed again. Every other disagreement means that something acknowledged is
 * gone, and the node refuses to start.
 */
final class NodeRecovery {
  private static final Logger log = LoggerFactory.getLogger(NodeRecovery.class);
  private static final String WAL = "wal";
  private static final String GROUPS = "groups";
  private static final long SCAN_PAGE_BYTES = 1L << 20;

  /** What one group's recovery found. */
  private record Found(
      ReplicaSpec spec,
      ReplicaIdentity identity,
      GroupLog stored,
      SnapshotStore store,
      MachineSlot slot,
      Backlog backlog,
      AppliedMemberships memberships) {}

  private final NodeOptions options;
  private final NodeEnvironment env;
  private final FatalOnce fatal;
  private final NodeMetrics metrics;

  NodeRecovery(NodeOptions options, NodeEnvironment env, RaftNode.FatalHandler fatal) {
    this.options = options;
    this.env = env;
    this.fatal = new FatalOnce(fatal);
    this.metrics = new NodeMetrics(env.clock().nanoTime());
  }

  NodeAssembly recover(List<ReplicaSpec> specs, BackgroundWork background) throws IOException {
    Disk disk = env.disk();
    NodeIdentityFile identity =
        NodeIdentityFile.openOrCreate(
            disk,
            options.clusterId(),
            options.node(),
            env.random().stream("identity"),
            List.of(WAL, GROUPS));
    if (identity.isReady() && !WriteAheadLog.exists(disk, WAL)) {
      // Whoever forgot its votes must not vote again (H50).
      throw new LogDamagedException(
          options.name() + ": this node has lived here, but its log is gone");
    }
    long incarnation = identity.identity().incarnation();
    WriteAheadLog wal =
        WriteAheadLog.open(
            disk, WAL, new LogIdentity(options.node(), incarnation), options.wal(), background);
    List<Found> found = new ArrayList<>();
    try {
      createMissingGroups(wal, specs);
      if (!identity.isReady()) {
        identity.markReady();
      }
      for (ReplicaSpec spec : specs) {
        GroupLog stored = wal.group(spec.group()).orElseThrow();
        // Whoever joins may have been here before, and lost its folder.
        boolean joins = spec.bootstrap().isEmpty() || stored.base().membership().isEmpty();
        // One incarnation for all replicas of a folder: they are made and lost together.
        found.add(recover(spec, new ReplicaIdentity(incarnation, joins), stored));
      }
      return assemble(wal, found, incarnation);
    } catch (IOException | RuntimeException e) {
      for (Found group : found) {
        closeAfter(e, group.slot().machine);
      }
      closeAfter(e, wal);
      throw e;
    }
  }

  private static void closeAfter(Exception failure, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private static void createMissingGroups(WriteAheadLog wal, List<ReplicaSpec> specs)
      throws IOException {
    for (ReplicaSpec spec : specs) {
      if (wal.group(spec.group()).isEmpty()) {
        wal.create(spec.group(), new LogBase(0, 0, spec.bootstrap()));
      }
    }
    wal.sync();
  }

  private Found recover(ReplicaSpec spec, ReplicaIdentity identity, GroupLog stored)
      throws IOException {
    String folder = GROUPS + "/g" + spec.group();
    String state = folder + "/state";
    env.disk().createDirectories(state);
    env.disk().createDirectories(folder + "/snapshots");
    SnapshotStore store = new SnapshotStore(env.disk(), folder + "/snapshots", spec.group());
    StateMachine machine = spec.stateMachine().open(state);
    try {
      long base = stored.base().index();
      if (base > machine.applied().index()) {
        install(spec, stored.base(), store, machine);
      }
      AppliedPosition applied = machine.applied();
      if (applied.index() > stored.lastIndex()) {
        throw new LogDamagedException(
            spec.name()
                + ": the state machine covers "
                + applied.index()
                + " but the log ends at "
                + stored.lastIndex());
      }
      log.info(
          "{} {}: term {}, log {}..{}, state at {}",
          options.name(),
          spec.name(),
          stored.hardState().term(),
          base + 1,
          stored.lastIndex(),
          applied.index());
      Backlog backlog =
          new Backlog(options.limits().maxMailboxRequests(), options.limits().maxMailboxBytes());
      GroupMetrics groupMetrics = new GroupMetrics(backlog);
      metrics.add(spec.group(), groupMetrics);
      MachineSlot slot = new MachineSlot(spec.group(), spec.name(), machine, groupMetrics);
      return new Found(
          spec, identity, stored, store, slot, backlog, memberships(stored, applied.index()));
    } catch (IOException | RuntimeException e) {
      closeAfter(e, machine);
      throw e;
    }
  }

  /**
   * A crash came between emptying the log for a snapshot and installing it: do the second half
   * again.
   */
  private void install(ReplicaSpec spec, LogBase base, SnapshotStore store, StateMachine machine)
      throws IOException {
    Optional<StoredSnapshot> snapshot = store.latest();
    if (snapshot.isEmpty()
        || snapshot.get().base().index() != base.index()
        || snapshot.get().base().term() != base.term()) {
      throw new LogDamagedException(
          spec.name()
              + ": the log begins after "
              + base.index()
              + " and the state machine ends at "
              + machine.applied().index()
              + ", and no stored snapshot closes the gap");
    }
    if (!store.verify(snapshot.get())) {
      throw new LogDamagedException(
          spec.name()
              + ": the snapshot at "
              + base.index()
              + " is damaged and nothing replaces it");
    }
    log.info(
        "{} {}: installing the snapshot at {} again", options.name(), spec.name(), base.index());
    machine.install(snapshot.get().directory());
    if (machine.applied().index() != base.index()) {
      throw new LogDamagedException(
          spec.name()
              + ": the snapshot at "
              + base.index()
              + " gave a state at "
              + machine.applied().index());
    }
  }

  private static AppliedMemberships memberships(GroupLog stored, long appliedIndex) {
    AppliedMemberships memberships = new AppliedMemberships(stored.base());
    long next = stored.base().index() + 1;
    while (next <= appliedIndex) {
      var page = stored.read(next, appliedIndex, SCAN_PAGE_BYTES);
      memberships.note(page);
      next = page.getLast().index() + 1;
    }
    memberships.forgetBefore(appliedIndex);
    return memberships;
  }

  private NodeAssembly assemble(WriteAheadLog wal, List<Found> found, long incarnation) {
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
            new DiskGuard(env.disk(), limits.diskReserveBytes(), metrics, options.name()));
    SortedMap<Integer, Replica> replicas = new TreeMap<>();
    for (Found group : found) {
      int id = group.spec().group();
      snapshots.register(id, group.store());
      replicas.put(
          id,
          new Replica(
              context,
              group.spec(),
              group.identity(),
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
    return new NodeAssembly(options, env, wal, mailbox, loop, applier, snapshots, intake, metrics);
  }

  private RaftCore core(Found group, long nowNanos) {
    HardState hardState = group.stored().hardState();
    return new RaftCore(
        options.node(),
        options.raft(),
        env.random().stream("raft/g" + group.spec().group()),
        new RaftCore.Recovered(
            hardState, group.stored(), group.slot().published.index(), group.identity()),
        nowNanos);
  }
}
