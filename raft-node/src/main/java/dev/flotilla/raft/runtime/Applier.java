package dev.flotilla.raft.runtime;

import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.env.Clock;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.StateStorageException;
import dev.flotilla.raft.fsm.Wake;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the state machines of all groups of one node. An object with a {@link #pass}: one thread
 * calls it in production, the simulator in simulation. Nothing it does, however slow, holds up a
 * heartbeat (H26).
 *
 * <p>Work is done in the order the loop asked for it. Its queue has no limit of its own: the loop
 * keeps at most an apply window of entries and a backlog of requests per group here.
 *
 * <p>A state machine that throws is never called again, its replica stops, the others go on (H30).
 * When its disk failed or its files are damaged, the whole node stops: they share the disk. When
 * there was no room, the work is kept and done when there is; what can be read is read meanwhile.
 */
public final class Applier {
  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  /** Most bytes of entries one call of a state machine applies (H52). */
  static final long PAGE_BYTES = 1L << 20;

  /** Most pieces of work one pass does before answers leave and progress is told. */
  private static final int MAX_WORKS_PER_PASS = 1_024;

  private final Clock clock;
  private final Mailbox mailbox;
  private final NodeMetrics metrics;
  private final SortedMap<Integer, MachineSlot> slots;
  private final ReplyOutbox replies = new ReplyOutbox();
  private final ArrayDeque<ApplierWork> taken = new ArrayDeque<>();
  private final ArrayList<MachineSlot> touched = new ArrayList<>();
  private final ArrayDeque<ApplierWork> queue = new ArrayDeque<>();
  private volatile Runnable wakeUp = () -> {};

  Applier(
      Clock clock, Mailbox mailbox, NodeMetrics metrics, SortedMap<Integer, MachineSlot> slots) {
    this.clock = clock;
    this.mailbox = mailbox;
    this.metrics = metrics;
    this.slots = slots;
    // The first pass tells the loop what each state machine waits for.
    slots.values().forEach(this::touch);
  }

  /** What to call when work arrived. */
  public void onWork(Runnable action) {
    wakeUp = action;
  }

  void submit(ApplierWork work) {
    synchronized (queue) {
      queue.add(work);
    }
    wakeUp.run();
  }

  /**
   * Does what was asked for; returns nanoseconds until it wants to be called again at the latest.
   */
  public long pass() {
    long startedNanos = clock.nanoTime();
    retryHeld(startedNanos);
    boolean more;
    synchronized (queue) {
      while (!queue.isEmpty() && taken.size() < MAX_WORKS_PER_PASS) {
        taken.add(queue.remove());
      }
      more = !queue.isEmpty();
    }
    while (!taken.isEmpty()) {
      perform(taken.remove());
    }
    for (MachineSlot slot : touched) {
      publish(slot);
      slot.touched = false;
    }
    touched.clear();
    long waitNanos = Math.min(expireWaiting(), untilRetryNanos());
    replies.flush();
    metrics.applierPasses.incrementAndGet();
    metrics.applierBusyNanos.addAndGet(clock.nanoTime() - startedNanos);
    return more ? 0 : waitNanos;
  }

  private void perform(ApplierWork work) {
    switch (work) {
      case ApplierWork.Apply apply -> inOrder(slot(apply.group()), apply);
      case ApplierWork.Query query -> query(slot(query.group()), query);
      case ApplierWork.Install install -> inOrder(slot(install.group()), install);
      case ApplierWork.Checkpoint checkpoint -> checkpoint(slot(checkpoint.group()), checkpoint);
      case ApplierWork.Flush flush -> flush(slot(flush.group()), flush.whole());
      case ApplierWork.Status status -> status(status.status(), status.answer());
      case ApplierWork.Drain drain -> drain();
    }
  }

  private MachineSlot slot(int group) {
    MachineSlot slot = slots.get(group);
    if (slot == null) {
      throw new IllegalStateException("no state machine for group " + group);
    }
    return slot;
  }

  /** Does what changes the state, behind what has to be done before it. */
  private void inOrder(MachineSlot slot, ApplierWork work) {
    if (slot.held.isEmpty()) {
      change(slot, work, taken);
    } else {
      slot.held.add(work);
    }
  }

  private void change(MachineSlot slot, ApplierWork work, Deque<ApplierWork> behind) {
    if (work instanceof ApplierWork.Apply apply) {
      apply(slot, apply, behind);
    } else if (work instanceof ApplierWork.Install install) {
      install(slot, install);
    }
  }

  /** Tries again what there was no room for. */
  private void retryHeld(long nowNanos) {
    for (MachineSlot slot : slots.values()) {
      if (slot.held.untilRetryNanos(nowNanos) > 0) {
        continue;
      }
      do {
        change(slot, slot.held.takeFirst(), slot.held.rest());
      } while (slot.held.untilRetryNanos(nowNanos) == 0);
      if (slot.held.isEmpty() && slot.failure == null) {
        slot.waitsForRoom = false;
        log.info("{}: room again, applied up to {}", slot.name, slot.machine.applied().index());
        mailbox.complete(new Mail.RoomChanged(slot.group, true));
      }
    }
  }

  private long untilRetryNanos() {
    long nowNanos = clock.nanoTime();
    long nextNanos = Long.MAX_VALUE;
    for (MachineSlot slot : slots.values()) {
      nextNanos = Math.min(nextNanos, slot.held.untilRetryNanos(nowNanos));
    }
    return nextNanos;
  }

  /** The state is as it was: keeps the work, and everything of its kind behind it. */
  private void hold(MachineSlot slot, ApplierWork work, NoRoomException cause) {
    if (!slot.waitsForRoom) {
      slot.waitsForRoom = true;
      log.warn(
          "{}: commands are refused, no room to apply what follows {}: {}",
          slot.name,
          slot.machine.applied().index(),
          String.valueOf(cause.getCause()));
      mailbox.complete(new Mail.RoomChanged(slot.group, false));
    }
    slot.held.refused(work, clock.nanoTime());
  }

  /**
   * Applies the entries, together with those of the works right behind them while a page has room.
   */
  private void apply(MachineSlot slot, ApplierWork.Apply first, Deque<ApplierWork> behind) {
    List<Entry> entries = first.entries();
    List<PendingProposals.Proposal> proposals = first.proposals();
    long bytes = first.bytes();
    while (behind.peek() instanceof ApplierWork.Apply next
        && next.group() == first.group()
        && bytes + next.bytes() <= PAGE_BYTES) {
      behind.remove();
      if (entries == first.entries()) {
        entries = new ArrayList<>(entries);
        proposals = new ArrayList<>(proposals);
      }
      entries.addAll(next.entries());
      proposals.addAll(next.proposals());
      bytes += next.bytes();
    }
    touch(slot);
    if (slot.failure != null) {
      refuseProposals(proposals);
      return;
    }
    try {
      long startedNanos = clock.nanoTime();
      List<List<byte[]>> results = slot.machine.apply(committed(entries));
      slot.metrics.apply.record(clock.nanoTime() - startedNanos);
      checkApplied(slot, entries, results);
      slot.unpublishedBytes += bytes;
      answer(slot, entries, proposals, results);
    } catch (NoRoomException e) {
      hold(slot, new ApplierWork.Apply(slot.group, entries, proposals, bytes), e);
      return;
    } catch (Throwable e) {
      fail(slot, "applying entries from " + entries.getFirst().index(), e);
      refuseProposals(proposals);
      return;
    }
    answerWaiting(slot);
  }

  private static List<CommittedEntry> committed(List<Entry> entries) {
    List<CommittedEntry> committed = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      List<byte[]> commands =
          entry.kind() == EntryKind.COMMAND ? CommandFrame.decode(entry.payload()) : List.of();
      committed.add(new CommittedEntry(entry.index(), entry.term(), entry.stampMillis(), commands));
    }
    return committed;
  }

  private static void checkApplied(
      MachineSlot slot, List<Entry> entries, List<List<byte[]>> results) {
    AppliedPosition applied = slot.machine.applied();
    Entry last = entries.getLast();
    if (applied.index() != last.index() || applied.term() != last.term()) {
      throw new IllegalStateException(
          "state machine stands at " + applied + " after entry " + last.index());
    }
    if (results.size() != entries.size()) {
      throw new IllegalStateException(
          results.size() + " results for " + entries.size() + " entries");
    }
  }

  private void answer(
      MachineSlot slot,
      List<Entry> entries,
      List<PendingProposals.Proposal> proposals,
      List<List<byte[]>> results) {
    long firstIndex = entries.getFirst().index();
    int applied = 0;
    for (PendingProposals.Proposal proposal : proposals) {
      List<byte[]> answers = results.get((int) (proposal.index() - firstIndex));
      List<ClientCall> calls = proposal.calls();
      if (answers.size() != calls.size()) {
        throw new IllegalStateException(
            answers.size() + " answers for " + calls.size() + " commands at " + proposal.index());
      }
      for (int i = 0; i < calls.size(); i++) {
        if (replies.answer(
            calls.get(i), result(answers.get(i), proposal.term(), proposal.index()))) {
          applied++;
        }
      }
    }
    slot.metrics.proposalsApplied.addAndGet(applied);
  }

  private static Reply.Builder result(byte[] result, long term, long index) {
    return Reply.newBuilder()
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setResult(UnsafeByteOperations.unsafeWrap(result))
        .setTerm(term)
        .setIndex(index);
  }

  private void query(MachineSlot slot, ApplierWork.Query query) {
    if (slot.failure != null) {
      refuseQueries(query.calls());
    } else if (slot.machine.applied().index() < query.minIndex()) {
      slot.waiting.add(query);
    } else {
      answerQuery(slot, query);
    }
  }

  private void answerQuery(MachineSlot slot, ApplierWork.Query query) {
    long nowNanos = clock.nanoTime();
    try {
      long index = Math.max(query.minIndex(), slot.machine.applied().index());
      int answered = 0;
      for (ClientCall call : query.calls()) {
        if (call.isAnswered()) {
          continue;
        }
        if (call.isExpired(nowNanos)) {
          replies.notApplied(call, ErrorCode.ERROR_CODE_TIMEOUT, "the query waited too long");
          continue;
        }
        byte[] result = slot.machine.query(call.takeBody().toByteArray());
        if (query.leaseEndNanos() != Long.MAX_VALUE && clock.nanoTime() >= query.leaseEndNanos()) {
          // The state was read too late, however fresh it may be (H5).
          replies.notApplied(call, ErrorCode.ERROR_CODE_NOT_LEADER, "the leader's lease ran out");
          continue;
        }
        replies.answer(call, result(result, query.term(), index));
        answered++;
      }
      slot.metrics.reads.addAndGet(answered);
    } catch (Throwable e) {
      fail(slot, "answering a query", e);
      refuseQueries(query.calls());
    }
  }

  private void answerWaiting(MachineSlot slot) {
    for (Iterator<ApplierWork.Query> all = slot.waiting.iterator(); all.hasNext(); ) {
      ApplierWork.Query query = all.next();
      if (slot.failure == null && slot.machine.applied().index() >= query.minIndex()) {
        all.remove();
        answerQuery(slot, query);
        if (slot.failure != null) {
          // The failure has answered and emptied the queue this loop walks.
          return;
        }
      }
    }
  }

  /**
   * Queries still short of their index, and commands without room, whose callers gave up; returns
   * nanoseconds until the next such.
   */
  private long expireWaiting() {
    long nextNanos = Long.MAX_VALUE;
    for (MachineSlot slot : slots.values()) {
      if (slot.waiting.isEmpty() && slot.held.isEmpty()) {
        continue;
      }
      long nowNanos = clock.nanoTime();
      nextNanos = Math.min(nextNanos, slot.held.expire(nowNanos, replies));
      for (Iterator<ApplierWork.Query> all = slot.waiting.iterator(); all.hasNext(); ) {
        boolean open = false;
        for (ClientCall call : all.next().calls()) {
          if (call.isAnswered()) {
            continue;
          }
          if (call.isExpired(nowNanos)) {
            replies.notApplied(call, ErrorCode.ERROR_CODE_TIMEOUT, "the query waited too long");
          } else {
            open = true;
            nextNanos = Math.min(nextNanos, call.deadlineNanos() - nowNanos);
          }
        }
        if (!open) {
          all.remove();
        }
      }
    }
    return nextNanos;
  }

  private void install(MachineSlot slot, ApplierWork.Install install) {
    touch(slot);
    if (slot.failure != null) {
      return;
    }
    try {
      long startedNanos = clock.nanoTime();
      slot.machine.install(install.directory());
      slot.metrics.install.record(clock.nanoTime() - startedNanos);
      AppliedPosition applied = slot.machine.applied();
      if (applied.index() != install.base().index() || applied.term() != install.base().term()) {
        throw new IllegalStateException(
            "snapshot of " + install.base().index() + " installed a state at " + applied);
      }
    } catch (NoRoomException e) {
      hold(slot, install, e);
      return;
    } catch (Throwable e) {
      fail(slot, "installing the snapshot at " + install.base().index(), e);
      return;
    }
    publish(slot);
    mailbox.complete(new Mail.Installed(slot.group, install.base()));
    answerWaiting(slot);
  }

  private void checkpoint(MachineSlot slot, ApplierWork.Checkpoint checkpoint) {
    if (slot.failure != null) {
      return;
    }
    AppliedPosition position;
    try {
      long startedNanos = clock.nanoTime();
      position = slot.machine.checkpoint(checkpoint.staging());
      slot.metrics.checkpoint.record(clock.nanoTime() - startedNanos);
    } catch (Throwable e) {
      if (DiskFullException.isCauseOf(e)) {
        mailbox.complete(new Mail.SnapshotFailed(slot.group, "no room for it: " + e.getMessage()));
      } else {
        fail(slot, "writing a checkpoint", e);
      }
      return;
    }
    publish(slot);
    mailbox.complete(new Mail.CheckpointTaken(slot.group, checkpoint.staging(), position));
  }

  private void flush(MachineSlot slot, boolean whole) {
    if (slot.failure != null) {
      return;
    }
    AppliedPosition position;
    try {
      long startedNanos = clock.nanoTime();
      position = whole ? slot.machine.flush() : slot.machine.flushBehind();
      slot.metrics.flush.record(clock.nanoTime() - startedNanos);
    } catch (Throwable e) {
      if (DiskFullException.isCauseOf(e)) {
        mailbox.complete(new Mail.FlushFailed(slot.group, "no room: " + e.getMessage()));
      } else {
        fail(slot, "flushing the state", e);
      }
      return;
    }
    publish(slot);
    mailbox.complete(new Mail.Flushed(slot.group, position));
  }

  private void drain() {
    slots.values().forEach(slot -> flush(slot, true));
    mailbox.complete(new Mail.DrainFlushed());
  }

  private void status(NodeStatus.Builder status, CompletableFuture<NodeStatus> answer) {
    for (ReplicaStatus.Builder replica : status.getReplicasBuilderList()) {
      MachineSlot slot = slot(replica.getGroup());
      if (slot.failure != null) {
        continue;
      }
      try {
        replica.setStateHash(slot.machine.stateHash());
        replica.setAppliedIndex(slot.machine.applied().index());
      } catch (Throwable e) {
        fail(slot, "computing the state hash", e);
      }
    }
    answer.complete(status.build());
  }

  private void touch(MachineSlot slot) {
    if (!slot.touched) {
      slot.touched = true;
      touched.add(slot);
    }
  }

  /** Tells the loop how far the state machine is and what it waits for, when there is news. */
  private void publish(MachineSlot slot) {
    if (slot.failure != null) {
      return;
    }
    AppliedPosition applied;
    Optional<Wake> wake;
    try {
      applied = slot.machine.applied();
      wake = slot.machine.wake();
    } catch (Throwable e) {
      fail(slot, "asking what it waits for", e);
      return;
    }
    boolean sameWake = wake.equals(slot.publishedWake);
    if (applied.equals(slot.published) && slot.unpublishedBytes == 0 && sameWake) {
      return;
    }
    Mail mail = new Mail.Applied(slot.group, applied, slot.unpublishedBytes, wake);
    slot.published = applied;
    slot.publishedWake = wake;
    slot.unpublishedBytes = 0;
    if (slot.loopWaits || (wake.isPresent() && !sameWake)) {
      mailbox.complete(mail);
    } else {
      // Waking a parked loop costs more than what it would learn is worth.
      mailbox.completeQuietly(mail);
    }
  }

  private void fail(MachineSlot slot, String doing, Throwable cause) {
    slot.failure = "state machine failed " + doing + ": " + cause;
    boolean storage =
        cause instanceof StateStorageException || cause instanceof UncheckedIOException;
    log.error(
        "{}: state machine failed {}; {} stops",
        slot.name,
        doing,
        storage ? "the node" : "its replica",
        cause);
    for (ApplierWork.Query query : slot.waiting) {
      refuseQueries(query.calls());
    }
    slot.waiting.clear();
    for (ApplierWork work : slot.held.takeAll()) {
      if (work instanceof ApplierWork.Apply apply) {
        refuseProposals(apply.proposals());
      }
    }
    if (storage) {
      int damaged =
          cause instanceof StateStorageException state && state.isDamage() ? slot.group : 0;
      mailbox.complete(new Mail.StorageFailed(slot.name + ": " + doing, damaged, cause));
    } else {
      mailbox.complete(new Mail.MachineFailed(slot.group, slot.failure, cause));
    }
  }

  private void refuseProposals(List<PendingProposals.Proposal> proposals) {
    for (PendingProposals.Proposal proposal : proposals) {
      for (ClientCall call : proposal.calls()) {
        replies.undecided(
            call, ErrorCode.ERROR_CODE_REPLICA_FAILED, "the state machine of this replica failed");
      }
    }
  }

  private void refuseQueries(List<ClientCall> calls) {
    for (ClientCall call : calls) {
      replies.notApplied(
          call, ErrorCode.ERROR_CODE_REPLICA_FAILED, "the state machine of this replica failed");
    }
  }

  /** The thread has ended: answers what it left, and closes the state machines. */
  void close() {
    synchronized (queue) {
      taken.addAll(queue);
      queue.clear();
    }
    slots.values().forEach(slot -> taken.addAll(slot.held.takeAll()));
    for (ApplierWork work : taken) {
      switch (work) {
        case ApplierWork.Apply apply -> {
          for (PendingProposals.Proposal proposal : apply.proposals()) {
            proposal.calls().forEach(this::abandon);
          }
        }
        case ApplierWork.Query query -> query.calls().forEach(this::abandon);
        case ApplierWork.Status status ->
            status
                .answer()
                .completeExceptionally(new IllegalStateException("the node has stopped"));
        case ApplierWork.Install ignored -> {}
        case ApplierWork.Checkpoint ignored -> {}
        case ApplierWork.Flush ignored -> {}
        case ApplierWork.Drain ignored -> {}
      }
    }
    taken.clear();
    for (MachineSlot slot : slots.values()) {
      slot.waiting.forEach(query -> query.calls().forEach(this::abandon));
      slot.waiting.clear();
      try {
        slot.machine.close();
      } catch (RuntimeException e) {
        log.error("{}: closing the state machine failed", slot.name, e);
      }
    }
    replies.flush();
  }

  private void abandon(ClientCall call) {
    replies.undecided(call, ErrorCode.ERROR_CODE_SHUTTING_DOWN, "the node has stopped");
  }
}
