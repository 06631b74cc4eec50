package dev.flotilla.raft.runtime;

import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Effect;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Effects;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.Input;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.core.ReplicaIdentity;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.core.Standing;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.log.GroupLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica of one group: steps its core and carries out what the core asks for. The loop's
 * thread only.
 *
 * <p>An exception out of the core stops this replica and no other (H30): what it had emitted before
 * stands, just as if the node had crashed there. An exception out of the log stops the node.
 */
final class Replica implements Effects {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  final int group;
  final String name;
  final GroupMetrics metrics;
  final ClientDesk desk;
  final GroupMembers members;
  private final ReplicaFolder folder;
  private final ReplicaIdentity identity;
  private final StampClock stamps;
  private final LoopContext context;
  private final RaftCore core;
  private final GroupLog stored;
  private final MachineSlot slot;
  private final CompactionPolicy compaction;
  private final ReplicaSnapshots snapshots;
  private final Handover handover;
  private final ReplicaNews news;
  private final WakeSchedule wake = new WakeSchedule();
  private final TransferWaiters transferWaiters = new TransferWaiters();

  private Role role = Role.FOLLOWER;
  private long term;
  private int leader;

  /** The last leader that was known, to count changes. */
  private int lastLeader;

  /** Last entry written in this pass and not reported durable; index 0 = none. */
  private long writtenIndex;

  private long writtenTerm;

  /** Term and vote written in this pass and not reported durable. */
  private @Nullable HardState writtenHardState;

  private long wakeProposalId;
  private boolean draining;
  private @Nullable String failure;

  Replica(
      LoopContext context,
      ReplicaSpec spec,
      ReplicaFolder folder,
      RaftCore core,
      GroupLog stored,
      AppliedMemberships memberships,
      MachineSlot slot,
      Backlog backlog) {
    this.context = context;
    this.group = spec.group();
    this.name = spec.name();
    this.news = new ReplicaNews(context.events, context.options.name(), group, name);
    this.folder = folder;
    this.identity = folder.identity();
    this.core = core;
    this.members = new GroupMembers(context.options, core);
    this.stored = stored;
    this.slot = slot;
    this.metrics = slot.metrics;
    this.stamps = new StampClock(context.clock, slot.machine.clockMillis());
    this.desk = new ClientDesk(context, group, metrics, backlog, stamps);
    this.handover = new Handover(context, core, slot, memberships, desk, stamps);
    this.compaction = new CompactionPolicy(context.options.limits(), stored, context.nowNanos);
    this.snapshots = new ReplicaSnapshots(context, group, metrics);
    CoreStatus status = core.status(context.nowNanos);
    this.role = status.role();
    this.term = status.term();
    publishLeadership();
  }

  boolean leads() {
    return role == Role.LEADER && failure == null;
  }

  int leader() {
    return leader;
  }

  long term() {
    return term;
  }

  @Nullable String failure() {
    return failure;
  }

  LogBase base() {
    return stored.base();
  }

  CoreStatus status() {
    return core.status(context.nowNanos);
  }

  ReplicaView view() {
    return new ReplicaView(status(), failure, this::entries);
  }

  private List<Entry> entries(long from, long to) {
    List<Entry> entries = new ArrayList<>();
    while (from + entries.size() <= to) {
      entries.addAll(stored.read(from + entries.size(), to, Applier.PAGE_BYTES));
    }
    return entries;
  }

  boolean has(int node) {
    return failure == null && status().membership().contains(node);
  }

  // ---------------------------------------------------------------- inputs

  void step(Input input) {
    if (failure != null) {
      return;
    }
    try {
      core.step(context.nowNanos, input, this);
    } catch (StorageFailure e) {
      throw e;
    } catch (UncheckedIOException e) {
      throw new StorageFailure("reading the log of " + name, e);
    } catch (RuntimeException | Error e) {
      fail("the core failed on " + input.getClass().getSimpleName(), e);
    }
  }

  void tickIfDue() {
    if (failure == null && context.nowNanos >= core.nextDeadlineNanos()) {
      step(new Input.Tick());
    }
  }

  void receive(Message message, long incarnation) {
    metrics.messagesReceived.incrementAndGet();
    if (message instanceof Message.HeartbeatReply) {
      metrics.heartbeatsAcked.incrementAndGet();
    }
    if (message instanceof Message.AppendRequest append
        && carriesCommands(append)
        && context.disk.isCritical(context.nowNanos)) {
      // As if it had been lost: the leader's heartbeats keep us in the group, and it asks again.
      metrics.appendsDropped.incrementAndGet();
      return;
    }
    step(new Input.Receive(message, incarnation));
  }

  /** What a leader writes for itself is small, and the group cannot do without it. */
  private static boolean carriesCommands(Message.AppendRequest append) {
    for (Entry entry : append.entries()) {
      if (entry.kind() == EntryKind.COMMAND) {
        return true;
      }
    }
    return false;
  }

  void take(ClientCall call) {
    if (failure != null) {
      desk.refuse(call, ErrorCode.ERROR_CODE_REPLICA_FAILED, "this replica stopped: " + failure);
    } else if (draining) {
      desk.refuse(call, ErrorCode.ERROR_CODE_SHUTTING_DOWN, "this node is shutting down");
    } else {
      desk.take(call);
    }
  }

  void submitGathered() {
    if (desk.hasGathered()) {
      desk.submit(this::step);
      if (failure != null) {
        closeDesk();
      }
    }
  }

  void applied(Mail.Applied mail) {
    long index = mail.position().index();
    long entries = handover.worked(mail);
    if (entries > 0) {
      compaction.applied(entries, mail.bytes());
      step(new Input.Applied(index));
    }
    members.applied(index);
    wake.update(mail.wake(), index, context.nowNanos);
  }

  void flushed(AppliedPosition position) {
    step(new Input.Compact(compaction.end(position.index(), stored)));
  }

  void flushFailed(String reason) {
    log.warn("{} {}: the log cannot be shortened: {}", context.options.name(), name, reason);
    compaction.failed(context.nowNanos);
  }

  void roomChanged(boolean room) {
    metrics.waitsForRoom(!room);
    desk.roomChanged(room);
  }

  void installed(LogBase base) {
    metrics.snapshotsInstalled.incrementAndGet();
    context.snapshots.installed(group, base.index());
    news.snapshotInstalled(base.index(), term, leader);
  }

  void checkpointWanted(int peer, String staging) {
    snapshots.checkpointWanted(peer, staging);
  }

  void checkpointTaken(String staging, AppliedPosition position) {
    snapshots.checkpointTaken(staging, handover.baseAt(position));
  }

  void snapshotPublished(Mail.SnapshotPublished mail) {
    snapshots.published(mail.snapshot(), term);
  }

  void snapshotFailed(String reason) {
    log.warn("{} {}: no snapshot: {}", context.options.name(), name, reason);
    for (int peer : snapshots.failed()) {
      step(new Input.SnapshotSent(peer, false, 0));
    }
  }

  void snapshotReceived(Mail.SnapshotReceived mail) {
    handover.offered(mail.directory());
    step(new Input.SnapshotReceived(mail.from(), mail.term(), mail.base()));
  }

  void snapshotSent(int peer, boolean success, long index) {
    (success ? metrics.snapshotsSent : metrics.snapshotsFailed).incrementAndGet();
    step(new Input.SnapshotSent(peer, success, index));
  }

  void transfer(int target, Consumer<Effect.TransferEnded> waiter) {
    boolean running = status().transferring();
    transferWaiters.add(waiter);
    if (!running) {
      step(new Input.TransferLeadership(target));
    }
  }

  /** Asks the core to go to a membership. Returns null when it set out, else why it did not. */
  @Nullable Refusal change(Membership target) {
    members.asking(desk.nextId());
    step(new Input.ChangeMembership(members.asked(), stamps.millis(), target));
    return failure == null ? members.refusal() : Refusal.NOT_LEADER;
  }

  /** Whether the group counts on this replica, as far as it knows. */
  boolean isMember() {
    return failure == null && status().standing() == Standing.MEMBER;
  }

  /** Proposes what the state machine waits for, once this leader knows all of its own log. */
  void proposeWake() {
    if (!mayProposeWake()) {
      return;
    }
    Optional<byte[]> command = wake.due(context.nowNanos, stamps.millis());
    if (command.isEmpty()) {
      return;
    }
    if (desk.lacksRoom()) {
      wake.refused(context.nowNanos);
      return;
    }
    byte[] frame = CommandFrame.encode(List.of(UnsafeByteOperations.unsafeWrap(command.get())));
    wakeProposalId = desk.nextId();
    step(new Input.Propose(wakeProposalId, stamps.millis(), frame));
  }

  /**
   * Before an entry of its own term is applied, the wake seen may be one that is in the log
   * already.
   */
  private boolean mayProposeWake() {
    return leads() && !draining && handover.applied().term() == term;
  }

  // ---------------------------------------------------------------- effects

  @Override
  public void emit(Effect effect) {
    switch (effect) {
      case Effect.Append append -> {
        stored.append(append.entries());
        Entry last = append.entries().getLast();
        writtenIndex = last.index();
        writtenTerm = last.term();
      }
      case Effect.PersistHardState hard -> {
        stored.setHardState(hard.hardState());
        writtenHardState = hard.hardState();
      }
      case Effect.Send send -> send(send);
      case Effect.ApplyUpTo apply -> handover.extend(apply.index());
      case Effect.ProposalAccepted accepted -> {
        if (accepted.proposalId() == wakeProposalId) {
          wake.proposed(accepted.index());
        } else if (!members.hasAsked(accepted.proposalId())) {
          desk.accepted(accepted.proposalId(), accepted.index(), accepted.term());
        }
      }
      case Effect.ProposalRefused refused -> {
        if (refused.proposalId() == wakeProposalId) {
          wake.refused(context.nowNanos);
        } else if (members.hasAsked(refused.proposalId())) {
          members.refused(refused.reason());
        } else {
          desk.refused(refused.proposalId(), refused.reason());
        }
      }
      case Effect.ReadReady ready -> handover.ready(desk.takeRead(ready.readId()), ready);
      case Effect.ReadRefused refused -> desk.readRefused(refused.readId(), refused.reason());
      case Effect.SnapshotNeeded needed ->
          snapshots.needed(needed.peer(), term, stored.base().index());
      case Effect.InstallSnapshot install -> install(install.base());
      case Effect.Compacted compacted -> {
        stored.compactTo(compacted.base());
        metrics.compactions.incrementAndGet();
      }
      case Effect.RoleChanged changed -> roleChanged(changed);
      case Effect.TransferEnded ended -> transferWaiters.tell(ended);
      case Effect.StrangerHeard heard -> news.stranger(heard, term);
      case Effect.RemovalLearned learned -> news.removed(learned, term);
      case Effect.MembershipChanged changed -> {
        members.changed(changed.index());
        publishLeadership();
        news.members(changed, term, leader);
      }
    }
  }

  private void send(Effect.Send send) {
    if (send.message() instanceof Message.Heartbeat) {
      metrics.heartbeatsSent.incrementAndGet();
    }
    switch (send.when()) {
      case IMMEDIATE -> context.peers.addImmediate(group, send.message(), identity.incarnation());
      case AFTER_DURABLE ->
          context.peers.addAfterDurable(group, send.message(), identity.incarnation());
    }
  }

  private void install(LogBase base) {
    stored.resetTo(base);
    writtenIndex = 0;
    handover.install(base);
  }

  private void roleChanged(Effect.RoleChanged changed) {
    boolean led = role == Role.LEADER;
    boolean sameReign = led && changed.role() == Role.LEADER && changed.term() == term;
    role = changed.role();
    term = changed.term();
    leader = changed.leader();
    if (leader != 0 && leader != lastLeader) {
      lastLeader = leader;
      metrics.leaderChanges.incrementAndGet();
    }
    publishLeadership();
    if (!sameReign) {
      wake.forgetProposal();
      if (led) {
        desk.leadershipLost(handover.target());
        snapshots.leadershipLost();
      }
      news.role(changed, context.nowNanos);
    }
  }

  private void publishLeadership() {
    String address = members.addressOf(leader);
    // A leader handing over is no address to send anyone to.
    boolean unknown = leader == 0 || (leader == context.options.node() && role != Role.LEADER);
    LeaderHint hint =
        unknown ? ReplyOutbox.hint(0, "", term) : ReplyOutbox.hint(leader, address, term);
    desk.leadership(role == Role.LEADER, term, hint);
  }

  // ---------------------------------------------------------------- the rest of a pass

  /**
   * Term and vote go to the replica's own folder before they go to the log, so that the log never
   * knows of a newer one (H13).
   */
  void keepHardState() {
    if (writtenHardState != null) {
      try {
        folder.keep(writtenHardState);
      } catch (IOException e) {
        throw new StorageFailure("writing term and vote of " + name, e);
      }
    }
  }

  /** See {@link ReplicaFolder#markStateDamaged}. */
  void markStateDamaged() {
    try {
      folder.markStateDamaged();
    } catch (IOException e) {
      // The next start finds the damage as this one did.
      log.warn("{} {}: the damage to its state is not noted", context.options.name(), name, e);
    }
  }

  /**
   * The disk has everything written so far: tells the core, and lets a snapshot into the state
   * machine.
   */
  void durable() {
    if (failure == null) {
      handover.durable();
    }
    HardState hardState = writtenHardState;
    if (hardState != null) {
      writtenHardState = null;
      step(new Input.HardStateDurable(hardState));
    }
    if (writtenIndex != 0) {
      long index = writtenIndex;
      writtenIndex = 0;
      step(new Input.LogDurable(index, writtenTerm));
    }
  }

  /**
   * Hands committed entries to the applier as far as the window allows, then the reads behind them.
   */
  void handOver() {
    if (failure != null) {
      return;
    }
    while (handover.isDue()) {
      List<Entry> entries;
      try {
        entries = handover.next();
      } catch (UncheckedIOException e) {
        throw new StorageFailure("reading committed entries of " + name, e);
      } catch (RuntimeException | Error e) {
        fail("the core failed to give committed entries", e);
        return;
      }
      handover.give(entries);
    }
    handover.giveReads(term);
    slot.loopWaits = draining || handover.isBehind();
  }

  void compactIfDue() {
    if (failure == null && compaction.isDue(context.nowNanos)) {
      startCompaction(false);
    }
  }

  /** The node's log is over its limit and this group holds it up (H53). */
  void compactNow() {
    if (failure == null && compaction.mayFlush(context.nowNanos)) {
      startCompaction(true);
    }
  }

  private void startCompaction(boolean force) {
    compaction.begin(force);
    context.applier.submit(new ApplierWork.Flush(group, force));
  }

  /** When this replica wants a pass at the latest, on the monotonic clock. */
  long nextDeadlineNanos() {
    if (failure != null) {
      return Long.MAX_VALUE;
    }
    long deadline = Math.min(core.nextDeadlineNanos(), desk.nextDeadlineNanos());
    if (mayProposeWake()) {
      deadline = Math.min(deadline, wake.nextDeadlineNanos(context.nowNanos, stamps.millis()));
    }
    return deadline;
  }

  /** No more requests from now on; what is under way is finished. */
  void drain() {
    draining = true;
    slot.loopWaits = true;
  }

  /** Nothing is on its way through this replica any more. */
  boolean isDrained() {
    return failure != null || (desk.isIdle() && handover.isDone());
  }

  // ---------------------------------------------------------------- the end

  void fail(String reason, Throwable cause) {
    if (failure != null) {
      return;
    }
    failure = reason + ": " + cause;
    news.failed(reason, cause, term);
    metrics.markFailed();
    closeDesk();
    endTransfers("the replica stopped");
  }

  private void closeDesk() {
    desk.close(ErrorCode.ERROR_CODE_REPLICA_FAILED, "this replica stopped");
    handover.refuseReads(ErrorCode.ERROR_CODE_REPLICA_FAILED, "this replica stopped");
  }

  /** The node stops: answers everything that is here. */
  void close(ErrorCode error, String message) {
    desk.close(error, message);
    handover.refuseReads(error, message);
    endTransfers(message);
  }

  private void endTransfers(String reason) {
    transferWaiters.tell(new Effect.TransferEnded(0, reason));
  }
}
