package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Effect.Refusal;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Linearizable reads without log entries (thesis 6.4). A read waits for a round that is SENT after
 * it arrived and answered by a quorum: at that moment nobody else had been elected, so the commit
 * index noted at the read's arrival covers every write acknowledged before it (H2, H3). Nothing is
 * read before an entry of the term is committed (H1): until then a new leader's commit index may
 * lag behind its predecessor's.
 *
 * <p>Reads that arrive together share a round, and a few rounds may be under way at once; beyond
 * that reads gather for the next. A lost round costs nothing but time: a later one confirms its
 * reads as well.
 */
final class ReadIndex {
  /** More rounds at once would not make reads faster, only messages more. */
  private static final int MAX_ROUNDS_AWAITED = 4;

  private static final int MAX_PENDING = 65_536;

  /** Reads that wait for one round, or for the one to come. */
  private static final class Batch {
    private final long[] single = new long[1];
    private long[] readIds = single;
    private int count;
    private long index;
    private long round;

    void add(long readId) {
      if (count == readIds.length) {
        readIds = Arrays.copyOf(readIds, Math.max(8, 2 * count));
      }
      readIds[count++] = readId;
    }
  }

  private final ReplicaState replica;
  private final Rounds rounds;
  private final LeadershipTransfer transfer;

  /** Rounds ascend; each was sent after the last of its reads arrived. */
  private final ArrayDeque<Batch> awaited = new ArrayDeque<>();

  /** Reads no round has been sent for. */
  private Batch gathering = new Batch();

  /** Invariant: the reads in {@code gathering} and {@code awaited}. */
  private int pending;

  ReadIndex(ReplicaState replica, Rounds rounds, LeadershipTransfer transfer) {
    this.replica = replica;
    this.rounds = rounds;
    this.transfer = transfer;
  }

  /** Takes a read on the leader. */
  void read(long readId, boolean lease) {
    if (transfer.isHandingOver()) {
      refuse(readId, Refusal.TRANSFERRING); // another leader may exist any moment (H7)
      return;
    }
    if (pending >= MAX_PENDING) {
      refuse(readId, Refusal.OVERLOADED);
      return;
    }
    boolean current = replica.committedInTerm();
    if (lease && current && hasLease()) {
      replica.out.emit(
          new Effect.ReadReady(readId, replica.commitment.index(), rounds.leaseEndNanos()));
      return;
    }
    gathering.add(readId);
    pending++;
    if (current && awaited.size() < MAX_ROUNDS_AWAITED) {
      startRound();
    }
  }

  private boolean hasLease() {
    return replica.nowNanos < leaseEndNanos();
  }

  /** Until when reads are answered by lease; {@link Progress#NEVER} when they are not. */
  long leaseEndNanos() {
    boolean leased =
        replica.isLeader()
            && replica.options.leaseReads()
            && replica.committedInTerm()
            && !transfer.hasForfeitedLease();
    return leased ? rounds.leaseEndNanos() : Progress.NEVER;
  }

  /**
   * Sends a round, for the reads that have gathered if they may be served, and in any case as a
   * heartbeat.
   */
  void startRound() {
    rounds.send();
    if (gathering.count > 0 && replica.committedInTerm()) {
      gathering.round = rounds.current();
      gathering.index = replica.commitment.index(); // not below what it was when the reads arrived
      awaited.add(gathering);
      gathering = new Batch();
    }
    serveConfirmed();
  }

  /** The first commit of the term opens the gate for the reads that waited for it. */
  void onCommit() {
    if (gathering.count > 0 && awaited.isEmpty() && replica.committedInTerm()) {
      startRound();
    }
  }

  void serveConfirmed() {
    long confirmed = awaited.isEmpty() ? 0 : rounds.confirmed();
    boolean served = false;
    while (!awaited.isEmpty() && awaited.getFirst().round <= confirmed) {
      Batch batch = awaited.removeFirst();
      pending -= batch.count;
      served = true;
      for (int i = 0; i < batch.count; i++) {
        replica.out.emit(new Effect.ReadReady(batch.readIds[i], batch.index, Long.MAX_VALUE));
      }
    }
    if (served && gathering.count > 0) {
      startRound();
    }
  }

  void refuseAll(Refusal reason) {
    for (Batch batch : awaited) {
      refuseBatch(batch, reason);
    }
    awaited.clear();
    refuseBatch(gathering, reason);
    gathering = new Batch();
    pending = 0;
  }

  private void refuseBatch(Batch batch, Refusal reason) {
    for (int i = 0; i < batch.count; i++) {
      refuse(batch.readIds[i], reason);
    }
  }

  private void refuse(long readId, Refusal reason) {
    replica.out.emit(new Effect.ReadRefused(readId, reason));
  }
}
