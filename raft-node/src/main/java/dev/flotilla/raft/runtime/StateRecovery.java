package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.fsm.StateStorageException;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogDamagedException;
import dev.flotilla.raft.snapshot.SnapshotStore;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one group's state machine and makes it and the log agree.
 *
 * <p>After a crash they disagree in one way only: the log was emptied for a snapshot (its base is
 * that snapshot's position) and the state machine does not have it yet; then the snapshot is
 * installed again. Every other gap means that something is gone. If the log still holds everything
 * from the first entry on, or a stored snapshot that is intact closes the gap, nothing is lost.
 * Otherwise this replica gives up its identity, and its log begins anew where its state stands,
 * with no membership: its group's leader gives it both.
 */
final class StateRecovery {
  private static final Logger log = LoggerFactory.getLogger(StateRecovery.class);
  private static final long SCAN_PAGE_BYTES = 1L << 20;

  private final ReplicaSpec spec;
  private final ReplicaFolder folder;
  private final GroupLog stored;
  private final SnapshotStore snapshots;
  private final boolean alone;

  /**
   * @param alone whether the group has no other member
   */
  StateRecovery(
      ReplicaSpec spec,
      ReplicaFolder folder,
      GroupLog stored,
      SnapshotStore snapshots,
      boolean alone) {
    this.spec = spec;
    this.folder = folder;
    this.stored = stored;
    this.snapshots = snapshots;
    this.alone = alone;
  }

  StateMachine open() throws IOException {
    StateMachine machine = openMachine();
    try {
      if (stored.base().index() > machine.applied().index()) {
        install(machine);
      }
      reconcile(machine.applied());
      return machine;
    } catch (IOException | RuntimeException e) {
      NodeRecovery.closeAfter(e, machine);
      throw e;
    }
  }

  private StateMachine openMachine() throws IOException {
    folder.prepare();
    try {
      return spec.stateMachine().open(folder.state());
    } catch (StateStorageException e) {
      if (!e.isDamage()) {
        throw e;
      }
      log.error("{}: its state is damaged", folder.name(), e);
      folder.setStateAside();
    }
    return spec.stateMachine().open(folder.state());
  }

  /** The log begins after what the state machine has: installs what closes the gap, if anything. */
  private void install(StateMachine machine) throws IOException {
    Optional<StoredSnapshot> snapshot = snapshots.latest();
    while (snapshot.isPresent() && !snapshots.verify(snapshot.get())) {
      snapshots.discard(snapshot.get());
      snapshot = snapshots.latest();
    }
    if (snapshot.isEmpty() || !continues(snapshot.get().base())) {
      return;
    }
    LogBase base = snapshot.get().base();
    log.info("{}: installing the snapshot at {} again", folder.name(), base.index());
    machine.install(snapshot.get().directory());
    AppliedPosition applied = machine.applied();
    if (applied.index() != base.index() || applied.term() != base.term()) {
      throw new IllegalStateException(
          folder.name() + ": the snapshot at " + base.index() + " gave a state at " + applied);
    }
  }

  /** Whether the log goes on from this position. */
  private boolean continues(LogBase position) {
    return holds(position.index(), position.term());
  }

  private boolean holds(long index, long term) {
    LogBase base = stored.base();
    if (index < base.index() || index > stored.lastIndex()) {
      return false;
    }
    long found =
        index == base.index() ? base.term() : stored.read(index, index, 1).getFirst().term();
    return found == term;
  }

  private void reconcile(AppliedPosition applied) throws IOException {
    if (holds(applied.index(), applied.term())) {
      return;
    }
    String gap =
        "its state stands at "
            + applied.index()
            + " of term "
            + applied.term()
            + " and its log holds "
            + (stored.base().index() + 1)
            + ".."
            + stored.lastIndex();
    if (!folder.isRejoiningAnew()) {
      if (alone) {
        throw new LogDamagedException(
            folder.name() + ": " + gap + ", and no other node has what is missing");
      }
      folder.giveUpIdentity(gap, applied.term());
    } else if (folder.hardState().term() < applied.term()) {
      folder.giveUpIdentity(gap, applied.term());
    }
    log.warn("{}: its log begins anew after {}", folder.name(), applied.index());
    stored.resetTo(new LogBase(applied.index(), applied.term(), Membership.EMPTY));
    stored.setHardState(folder.hardState());
  }

  /** The memberships in force at the positions a checkpoint may stand for. */
  AppliedMemberships memberships(long appliedIndex) {
    AppliedMemberships memberships = new AppliedMemberships(stored.base());
    long next = stored.base().index() + 1;
    while (next <= appliedIndex) {
      List<Entry> page = stored.read(next, appliedIndex, SCAN_PAGE_BYTES);
      memberships.note(page);
      next = page.getLast().index() + 1;
    }
    memberships.forgetBefore(appliedIndex);
    return memberships;
  }
}
