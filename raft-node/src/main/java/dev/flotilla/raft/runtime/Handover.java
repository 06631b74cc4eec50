package dev.flotilla.raft.runtime;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.raft.core.Effect;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.fsm.AppliedPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is committed and on disk, on its way to the state machine: entries as far as a window
 * allows, reads behind the entries they wait for, and a snapshot that replaces what came before it.
 * The loop's thread only.
 */
final class Handover {
  /** Most bytes of entries handed to the applier and not worked off (H52). */
  private static final long WINDOW_BYTES = 8L << 20;

  private record ReadyRead(List<ClientCall> calls, long index, long leaseEndNanos) {}

  /** A received snapshot whose base waits to be on disk. */
  private record Installing(LogBase base, String directory) {}

  private final LoopContext context;
  private final RaftCore core;
  private final MachineSlot slot;
  private final AppliedMemberships memberships;
  private final ClientDesk desk;
  private final StampClock stamps;
  private final List<ReadyRead> readyReads = new ArrayList<>();

  /** Committed and durable, so to be applied. */
  private long target;

  /** Handed to the applier; never above the target. */
  private long handedIndex;

  private long handedBytes;

  /** Where the state machine stands, as it last said. */
  private AppliedPosition applied;

  /** Directory of the snapshot being offered to the core, for the install it may ask for. */
  private String offered = "";

  private @Nullable Installing installing;

  Handover(
      LoopContext context,
      RaftCore core,
      MachineSlot slot,
      AppliedMemberships memberships,
      ClientDesk desk,
      StampClock stamps) {
    this.context = context;
    this.core = core;
    this.slot = slot;
    this.memberships = memberships;
    this.desk = desk;
    this.stamps = stamps;
    this.applied = slot.published;
    this.target = applied.index();
    this.handedIndex = applied.index();
  }

  AppliedPosition applied() {
    return applied;
  }

  long target() {
    return target;
  }

  /** The position as the base of a log, with the membership in force there (H40). */
  LogBase baseAt(AppliedPosition position) {
    return new LogBase(position.index(), position.term(), memberships.at(position.index()));
  }

  /** Entries up to {@code index} are committed and durable. */
  void extend(long index) {
    target = Math.max(target, index);
  }

  void ready(List<ClientCall> calls, Effect.ReadReady ready) {
    readyReads.add(new ReadyRead(calls, ready.index(), ready.leaseEndNanos()));
  }

  /** The applier has worked; returns by how many entries the state machine has moved. */
  long worked(Mail.Applied mail) {
    handedBytes -= mail.bytes();
    AppliedPosition position = mail.position();
    long entries = position.index() - applied.index();
    if (entries <= 0) {
      return 0;
    }
    applied = position;
    memberships.forgetBefore(position.index());
    return entries;
  }

  /** A snapshot in this folder is about to be offered to the core. */
  void offered(String directory) {
    offered = directory;
  }

  /** The log begins anew at {@code base}, and the snapshot that was offered is its state. */
  void install(LogBase base) {
    target = base.index();
    handedIndex = base.index();
    memberships.resetTo(base);
    installing = new Installing(base, offered);
  }

  /** The disk has everything written so far: lets a snapshot into the state machine. */
  void durable() {
    Installing ready = installing;
    if (ready != null) {
      installing = null;
      context.applier.submit(new ApplierWork.Install(slot.group, ready.base(), ready.directory()));
    }
  }

  /** Whether there are entries to hand over, and room in the window. */
  boolean isDue() {
    return handedIndex < target && handedBytes < WINDOW_BYTES && installing == null;
  }

  /** The entries to be handed over next, as {@link RaftCore#entries} gives them. */
  List<Entry> next() {
    return core.entries(handedIndex + 1, target, Applier.PAGE_BYTES);
  }

  void give(List<Entry> entries) {
    List<PendingProposals.Proposal> proposals = new ArrayList<>(entries.size());
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      bytes += entry.sizeBytes();
      stamps.note(entry.stampMillis());
      PendingProposals.Proposal proposal = desk.takeCommitted(entry.index(), entry.term());
      if (proposal != null) {
        proposals.add(proposal);
      }
    }
    memberships.note(entries);
    handedIndex = entries.getLast().index();
    handedBytes += bytes;
    context.applier.submit(new ApplierWork.Apply(slot.group, entries, proposals, bytes));
  }

  /** Hands over the reads that are ready, behind the entries. */
  void giveReads(long term) {
    for (ReadyRead read : readyReads) {
      if (!read.calls().isEmpty()) {
        context.applier.submit(
            new ApplierWork.Query(
                slot.group, read.calls(), read.index(), term, read.leaseEndNanos()));
      }
    }
    readyReads.clear();
  }

  void refuseReads(ErrorCode error, String message) {
    for (ReadyRead read : readyReads) {
      read.calls().forEach(call -> desk.refuse(call, error, message));
    }
    readyReads.clear();
  }

  /** Whether entries wait for the applier to get on. */
  boolean isBehind() {
    return handedIndex < target;
  }

  /** Whether everything that is to be applied has been. */
  boolean isDone() {
    return handedIndex == target && applied.index() >= handedIndex;
  }
}
