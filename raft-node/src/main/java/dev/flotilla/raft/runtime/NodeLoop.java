package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.raft.core.Input;
import dev.flotilla.raft.log.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the cores of all groups a node hosts. An object with a {@link #pass}: one thread calls it
 * in production, the simulator in simulation; what it does is a function of its mail's order and
 * the clock.
 *
 * <p>One pass: drain the mailbox; step each touched core; send the messages that may leave at once;
 * write all groups' appends and hard states to the log with one fsync; tell the cores, send what
 * waited for the disk; hand committed entries to the applier. What arrives while the disk writes is
 * the next pass's batch. The fsync is on this thread on purpose: while the disk hangs, no heartbeat
 * leaves (H25).
 */
public final class NodeLoop {
  private static final Logger log = LoggerFactory.getLogger(NodeLoop.class);

  /**
   * What was made durable can make a core write again (leaving a joint membership); never for long.
   */
  private static final int MAX_SYNCS_PER_PASS = 4;

  private static final long PUBLISH_EVERY_NANOS = 500_000_000L;
  private static final long WAL_LIMIT_EVERY_NANOS = 1_000_000_000L;
  private static final long SEAL_AFTER_NANOS = 20_000_000L;

  /** Exit code of a process whose storage failed. */
  static final int STORAGE_FAILURE = 70;

  /** Exit code of a process whose node ran into an error of its own. */
  static final int INTERNAL_ERROR = 1;

  private final LoopContext context;
  private final WriteAheadLog wal;
  private final SortedMap<Integer, Replica> replicas;
  private final StatusReport report;
  private final FatalOnce fatal;
  private final LeadershipTransfers transfers = new LeadershipTransfers();
  private final MembershipChanges changes;
  private final Contacts contacts;
  private final Mailbox.Delivery mail = new Mailbox.Delivery();
  private final List<Replica> gathering = new ArrayList<>();
  private @Nullable Drain drain;
  private long publishNanos;
  private long walLimitNanos;

  /** When the log counts as at rest, unless it is written to before. */
  private long sealNanos;

  private boolean stopped;

  NodeLoop(
      LoopContext context,
      WriteAheadLog wal,
      SortedMap<Integer, Replica> replicas,
      StatusReport report,
      Contacts contacts,
      FatalOnce fatal) {
    this.context = context;
    this.changes = new MembershipChanges(context);
    this.contacts = contacts;
    this.wal = wal;
    this.replicas = replicas;
    this.report = report;
    this.fatal = fatal;
    this.publishNanos = context.nowNanos;
    this.walLimitNanos = context.nowNanos;
    this.sealNanos = context.nowNanos;
  }

  /** A look into a replica, from whoever calls the passes; null when the group is not hosted. */
  public @Nullable ReplicaView view(int group) {
    Replica replica = replicas.get(group);
    return replica == null ? null : replica.view();
  }

  /**
   * Whether every record in the log is proven to be durable by one after it, so that damage to any
   * of them would be told from a torn write.
   */
  public boolean isLogSealed() {
    return !wal.isDirty() && !wal.isUnsealed();
  }

  /** What to call when mail arrived. */
  public void onMail(Runnable action) {
    context.mailbox.onMail(action);
  }

  /**
   * Does one pass; returns nanoseconds until it wants to be called again at the latest, 0 for at
   * once, {@link Long#MAX_VALUE} for never.
   */
  public long pass() {
    if (stopped) {
      return Long.MAX_VALUE;
    }
    long startedNanos = context.clock.nanoTime();
    context.nowNanos = startedNanos;
    context.mailbox.drainInto(mail);
    try {
      checkDisk();
      mail.completions.forEach(this::complete);
      mail.peers.forEach(this::receive);
      for (Replica replica : replicas.values()) {
        replica.tickIfDue();
        replica.desk.expire();
      }
      takeCalls();
      for (Replica replica : replicas.values()) {
        replica.proposeWake();
      }
      changes.advance();
      settle();
      sealAtRest();
      contacts.refresh(replicas.values(), context.nowNanos);
      for (Replica replica : replicas.values()) {
        replica.handOver();
        replica.compactIfDue();
      }
      keepWalSmall();
    } catch (StorageFailure e) {
      stop(STORAGE_FAILURE, "this node's disk failed", e);
      return Long.MAX_VALUE;
    } catch (RuntimeException | Error e) {
      stop(INTERNAL_ERROR, "this node failed", e);
      return Long.MAX_VALUE;
    } finally {
      mail.clear();
      gathering.clear();
    }
    transfers.finish(context.nowNanos);
    if (drain != null) {
      drain.advance();
    }
    context.replies.flush();
    publish();
    context.metrics.passes.incrementAndGet();
    context.metrics.busyNanos.addAndGet(context.clock.nanoTime() - startedNanos);
    return nanosToNextPass();
  }

  private void complete(Mail completion) {
    switch (completion) {
      case Mail.Applied applied -> replica(applied.group()).applied(applied);
      case Mail.Flushed flushed -> replica(flushed.group()).flushed(flushed.position());
      case Mail.Installed installed -> replica(installed.group()).installed(installed.base());
      case Mail.CheckpointWanted wanted ->
          replica(wanted.group()).checkpointWanted(wanted.peer(), wanted.staging());
      case Mail.CheckpointTaken taken ->
          replica(taken.group()).checkpointTaken(taken.staging(), taken.position());
      case Mail.SnapshotPublished published ->
          replica(published.group()).snapshotPublished(published);
      case Mail.SnapshotFailed failed -> replica(failed.group()).snapshotFailed(failed.reason());
      case Mail.SnapshotReceived received -> replica(received.group()).snapshotReceived(received);
      case Mail.SnapshotSent sent ->
          replica(sent.group()).snapshotSent(sent.peer(), sent.success(), sent.index());
      case Mail.MachineFailed failed ->
          replica(failed.group()).fail(failed.reason(), failed.cause());
      case Mail.StorageFailed failed -> {
        if (replicas.containsKey(failed.damagedGroup())) {
          replica(failed.damagedGroup()).markStateDamaged();
        }
        throw new StorageFailure(failed.doing(), failed.cause());
      }
      case Mail.RoomChanged changed -> replica(changed.group()).roomChanged(changed.room());
      case Mail.FlushFailed failed -> replica(failed.group()).flushFailed(failed.reason());
      case Mail.PeerDisconnected disconnected -> peerDisconnected(disconnected.node());
      case Mail.StatusAsked asked -> status(asked);
      case Mail.TransferAsked asked -> transfers.start(asked, replicas, context.nowNanos);
      case Mail.ChangeAsked asked -> changes.start(asked, replicas);
      case Mail.DrainAsked asked -> startDrain(asked);
      case Mail.DrainFlushed flushed -> {
        if (drain != null) {
          drain.flushed();
        }
      }
    }
  }

  private Replica replica(int group) {
    Replica replica = replicas.get(group);
    if (replica == null) {
      throw new IllegalStateException("mail for group " + group + ", which is not hosted here");
    }
    return replica;
  }

  private void receive(Mailbox.PeerMail batch) {
    for (Mailbox.Addressed addressed : batch.messages()) {
      Replica replica = replicas.get(addressed.group());
      if (replica == null) {
        context.metrics.peerMessagesRefused.incrementAndGet();
      } else {
        replica.receive(addressed.message(), addressed.incarnation());
      }
    }
  }

  /** All of a pass's requests for a group share an entry and a read round. */
  private void takeCalls() {
    for (ClientCall call : mail.calls) {
      Replica replica = replica(call.group());
      boolean first = !replica.desk.hasGathered();
      replica.take(call);
      if (first && replica.desk.hasGathered()) {
        gathering.add(replica);
      }
    }
    gathering.forEach(Replica::submitGathered);
  }

  private void peerDisconnected(int node) {
    for (Replica replica : replicas.values()) {
      if (replica.has(node)) {
        replica.step(new Input.PeerUnreachable(node));
      }
    }
  }

  /**
   * Sends, writes, sends: nothing that waits for the disk leaves before everything written is on
   * it.
   */
  private void settle() {
    for (int syncs = 0; wal.isDirty() && syncs < MAX_SYNCS_PER_PASS; syncs++) {
      context.peers.sendImmediate();
      sync();
      for (Replica replica : replicas.values()) {
        replica.durable();
      }
    }
    if (wal.isDirty()) {
      context.peers.sendImmediate();
    } else {
      context.peers.sendAll();
    }
  }

  /** What failed behind the loop's back must not wait until somebody needs it. */
  private void checkDisk() {
    try {
      wal.checkBackground();
    } catch (IOException e) {
      throw new StorageFailure("keeping the log's segments", e);
    }
  }

  private void sync() {
    long startedNanos = context.clock.nanoTime();
    for (Replica replica : replicas.values()) {
      replica.keepHardState();
    }
    try {
      wal.sync();
    } catch (IOException e) {
      throw new StorageFailure("syncing the log", e);
    }
    long now = context.clock.nanoTime();
    context.metrics.fsync.record(now - startedNanos);
    context.nowNanos = Math.max(context.nowNanos, now);
    sealNanos = context.nowNanos + SEAL_AFTER_NANOS;
  }

  /** Proves the last sync of a log that has come to rest, so that damage to it is seen (H34). */
  private void sealAtRest() {
    if (wal.isUnsealed() && context.nowNanos - sealNanos >= 0) {
      try {
        wal.seal();
      } catch (IOException e) {
        throw new StorageFailure("writing the log", e);
      }
    }
  }

  /** H53: whatever each group's own limits say, the node's log stays within its own. */
  private void keepWalSmall() {
    if (context.nowNanos - walLimitNanos < 0) {
      return;
    }
    walLimitNanos = context.nowNanos + WAL_LIMIT_EVERY_NANOS;
    long bytes = wal.sizeBytes();
    context.metrics.wal(bytes, wal.writtenBytes());
    if (bytes <= context.options.limits().maxWalBytes()) {
      return;
    }
    Optional<Integer> holder = wal.groupHoldingOldestSegment();
    if (holder.isPresent() && replicas.containsKey(holder.get())) {
      replica(holder.get()).compactNow();
    }
  }

  private void status(Mail.StatusAsked asked) {
    NodeStatus.Builder status =
        report.of(
            asked.groups() == null ? replicas.values() : hosted(asked.groups()),
            wal,
            context.nowNanos - context.metrics.startedNanos());
    if (asked.stateHash()) {
      context.applier.submit(new ApplierWork.Status(status, asked.answer()));
    } else {
      asked.answer().complete(status.build());
    }
  }

  private List<Replica> hosted(Set<Integer> groups) {
    List<Replica> hosted = new ArrayList<>(groups.size());
    for (int group : groups) {
      Replica replica = replicas.get(group);
      if (replica != null) {
        hosted.add(replica);
      }
    }
    return hosted;
  }

  private void startDrain(Mail.DrainAsked asked) {
    if (drain != null) {
      drain.join(asked.done());
    } else {
      drain = new Drain(context, replicas, asked.deadlineNanos(), asked.done());
    }
  }

  private void publish() {
    if (context.nowNanos - publishNanos < 0) {
      return;
    }
    publishNanos = context.nowNanos + PUBLISH_EVERY_NANOS;
    for (Replica replica : replicas.values()) {
      replica.metrics.publish(replica.status());
    }
  }

  private long nanosToNextPass() {
    if (wal.isDirty() || !context.mailbox.isEmpty()) {
      return 0;
    }
    long deadline = Math.min(transfers.nextDeadlineNanos(), changes.nextDeadlineNanos());
    if (wal.isUnsealed()) {
      deadline = Math.min(deadline, sealNanos);
    }
    for (Replica replica : replicas.values()) {
      deadline = Math.min(deadline, replica.nextDeadlineNanos());
    }
    if (drain != null) {
      deadline = Math.min(deadline, drain.deadlineNanos());
    }
    return deadline == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, deadline - context.clock.nanoTime());
  }

  /** Nothing is acknowledged or sent from here on, and the process must end. */
  private void stop(int exitCode, String message, Throwable failure) {
    log.error("{}: the loop stops, exit code {}", context.options.name(), exitCode, failure);
    abandon(ErrorCode.ERROR_CODE_REPLICA_FAILED, message);
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    fatal.fatal(exitCode, message + ": " + failure.getMessage() + ": " + cause, cause);
  }

  /** The thread has ended, or is ending: answers everything that is here or in the mailbox. */
  void abandon(ErrorCode error, String message) {
    stopped = true;
    context.mailbox.close();
    // First what has been proposed, whose fate is open; only then what never got so far.
    for (Replica replica : replicas.values()) {
      replica.close(error, message);
    }
    for (ClientCall call : mail.calls) {
      context.replies.notApplied(call, error, message);
    }
    do {
      mail.clear();
      context.mailbox.drainInto(mail);
      for (ClientCall call : mail.calls) {
        context.replies.notApplied(call, error, message);
      }
      for (Mail completion : mail.completions) {
        refuse(completion, message);
      }
    } while (!context.mailbox.isEmpty());
    mail.clear();
    transfers.close();
    changes.close();
    if (drain != null) {
      drain.abandon();
    }
    context.replies.flush();
  }

  private static void refuse(Mail completion, String message) {
    if (completion instanceof Mail.ChangeAsked asked) {
      asked.listener().progress(MembershipChanges.refusal(message));
    }
    CompletableFuture<?> open =
        switch (completion) {
          case Mail.StatusAsked asked -> asked.answer();
          case Mail.TransferAsked asked -> asked.answer();
          case Mail.DrainAsked asked -> asked.done();
          default -> null;
        };
    if (open != null) {
      open.completeExceptionally(new IllegalStateException(message));
    }
  }
}
