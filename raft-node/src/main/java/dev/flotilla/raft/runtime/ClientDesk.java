package dev.flotilla.raft.runtime;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Input;
import dev.flotilla.raft.runtime.PendingProposals.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client requests of one replica, from the mailbox to where their fate is decided: gathered
 * during a pass, proposed or read together, refused, timed out, or handed to the applier with the
 * entry that holds them. Every way out answers (H31):
 *
 * <ul>
 *   <li>not proposed yet: NOT_APPLIED, whatever the reason;
 *   <li>proposed, position open: APPLIED from the applier, or UNKNOWN when the caller's time is up,
 *       the leadership is lost, or the replica stops;
 *   <li>a query never has an effect: APPLIED with its answer, or NOT_APPLIED.
 * </ul>
 */
final class ClientDesk {
  private final LoopContext context;
  private final int group;
  private final GroupMetrics metrics;
  private final Backlog backlog;
  private final StampClock stamps;
  private final PendingProposals proposals = new PendingProposals();
  private final PendingReads reads = new PendingReads();

  private List<ClientCall> commands = new ArrayList<>();
  private List<ClientCall> queries = new ArrayList<>();
  private List<ClientCall> leaseQueries = new ArrayList<>();

  /** Names for proposals and reads: unique within the life of this replica. */
  private long nextId = 1;

  // What a refused client is told.
  private LeaderHint leader = LeaderHint.getDefaultInstance();
  private boolean leading;
  private long term;

  /** Whether the state machine can apply what is committed. */
  private boolean room = true;

  ClientDesk(
      LoopContext context, int group, GroupMetrics metrics, Backlog backlog, StampClock stamps) {
    this.context = context;
    this.group = group;
    this.metrics = metrics;
    this.backlog = backlog;
    this.stamps = stamps;
  }

  long nextId() {
    return nextId++;
  }

  void leadership(boolean leads, long currentTerm, LeaderHint hint) {
    leading = leads;
    term = currentTerm;
    leader = hint;
  }

  void roomChanged(boolean now) {
    room = now;
  }

  /** Whether there is no room for more commands, in the log or where they are applied. */
  boolean lacksRoom() {
    return !room || context.disk.isFull(context.nowNanos);
  }

  /** Takes one request out of the mailbox. */
  void take(ClientCall call) {
    if (call.isExpired(context.nowNanos)) {
      refuse(call, ErrorCode.ERROR_CODE_TIMEOUT, "the request waited too long and was dropped");
      return;
    }
    ClientCall.Kind kind = call.kind();
    if (!leading && kind != ClientCall.Kind.STALE_QUERY) {
      refuse(call, ErrorCode.ERROR_CODE_NOT_LEADER, "not the leader");
      return;
    }
    if (kind == ClientCall.Kind.COMMAND && lacksRoom()) {
      refuse(call, ErrorCode.ERROR_CODE_DISK_FULL, "the leader's disk is nearly full");
      return;
    }
    if (!call.enter(backlog)) {
      refuse(call, ErrorCode.ERROR_CODE_OVERLOADED, "too many requests are under way");
      return;
    }
    switch (kind) {
      case COMMAND -> commands.add(call);
      case QUERY -> queries.add(call);
      case LEASE_QUERY -> leaseQueries.add(call);
      case STALE_QUERY ->
          context.applier.submit(
              new ApplierWork.Query(group, List.of(call), 0, term, Long.MAX_VALUE));
    }
  }

  boolean hasGathered() {
    return !commands.isEmpty() || !queries.isEmpty() || !leaseQueries.isEmpty();
  }

  /** Proposes and reads what this pass gathered, through {@code step}. */
  void submit(Consumer<Input> step) {
    if (!queries.isEmpty()) {
      List<ClientCall> calls = queries;
      queries = new ArrayList<>();
      read(calls, false, step);
    }
    if (!leaseQueries.isEmpty()) {
      List<ClientCall> calls = leaseQueries;
      leaseQueries = new ArrayList<>();
      read(calls, true, step);
    }
    if (!commands.isEmpty()) {
      List<ClientCall> calls = commands;
      commands = new ArrayList<>();
      int from = 0;
      while (from < calls.size()) {
        int to = endOfEntry(calls, from);
        propose(calls.subList(from, to), step);
        from = to;
      }
    }
  }

  private void read(List<ClientCall> calls, boolean lease, Consumer<Input> step) {
    long id = nextId();
    reads.ask(id, calls);
    step.accept(new Input.Read(id, lease));
  }

  private int endOfEntry(List<ClientCall> calls, int from) {
    long bytes = 0;
    int to = from;
    while (to < calls.size()) {
      bytes += calls.get(to).bytes() + CommandFrame.OVERHEAD_BYTES;
      if (to > from && bytes > context.options.limits().maxEntryBytes()) {
        break;
      }
      to++;
    }
    return to;
  }

  private void propose(List<ClientCall> calls, Consumer<Input> step) {
    List<ByteString> bodies = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      bodies.add(calls.get(i).takeBody());
    }
    long id = nextId();
    proposals.ask(id, calls, context.nowNanos);
    step.accept(new Input.Propose(id, stamps.millis(), CommandFrame.encode(bodies)));
  }

  void accepted(long proposalId, long index, long entryTerm) {
    proposals.accept(proposalId, index, entryTerm);
    metrics.entriesProposed.incrementAndGet();
  }

  void refused(long proposalId, Refusal reason) {
    refuseAll(proposals.refuse(proposalId), reason);
  }

  /** The queries of a read that may now be answered. */
  List<ClientCall> takeRead(long readId) {
    return reads.take(readId);
  }

  void readRefused(long readId, Refusal reason) {
    refuseAll(reads.take(readId), reason);
  }

  /** The proposal that became this committed entry, if it was made here. */
  @Nullable Proposal takeCommitted(long index, long entryTerm) {
    Proposal proposal = proposals.takeAt(index, entryTerm);
    if (proposal != null) {
      metrics.commit.record(context.nowNanos - proposal.proposedNanos());
    }
    return proposal;
  }

  /** Everything not committed by {@code committedIndex} is somebody else's to decide now. */
  void leadershipLost(long committedIndex) {
    for (ClientCall call : proposals.takeAfter(committedIndex)) {
      undecided(call, ErrorCode.ERROR_CODE_LEADERSHIP_LOST, "leadership was lost");
    }
    for (ClientCall call : reads.takeAll()) {
      refuse(call, ErrorCode.ERROR_CODE_NOT_LEADER, "leadership was lost");
    }
  }

  void expire() {
    proposals.expire(
        context.nowNanos,
        call -> undecided(call, ErrorCode.ERROR_CODE_TIMEOUT, "not committed in time"));
    reads.expire(
        context.nowNanos,
        call -> refuse(call, ErrorCode.ERROR_CODE_TIMEOUT, "no quorum answered in time"));
  }

  long nextDeadlineNanos() {
    return Math.min(proposals.nextDeadlineNanos(), reads.nextDeadlineNanos());
  }

  boolean isIdle() {
    return proposals.isEmpty() && reads.isEmpty() && !hasGathered();
  }

  /** The replica or the node stops: answers everything that is here. */
  void close(ErrorCode error, String message) {
    for (List<ClientCall> gathered : List.of(commands, queries, leaseQueries)) {
      gathered.forEach(call -> refuse(call, error, message));
      gathered.clear();
    }
    for (ClientCall call : proposals.takeAfter(Long.MIN_VALUE)) {
      undecided(call, error, message);
    }
    for (ClientCall call : reads.takeAll()) {
      refuse(call, error, message);
    }
  }

  /** It had no effect and never will. */
  void refuse(ClientCall call, ErrorCode error, String message) {
    Reply.Builder reply = ReplyOutbox.refusal(Outcome.OUTCOME_NOT_APPLIED, error, message);
    if (context.replies.answer(call, reply.setLeader(leader).setTerm(term))
        && call.kind() == ClientCall.Kind.COMMAND) {
      metrics.proposalsNotApplied.incrementAndGet();
    }
  }

  private void undecided(ClientCall call, ErrorCode error, String message) {
    Reply.Builder reply = ReplyOutbox.refusal(Outcome.OUTCOME_UNKNOWN, error, message);
    if (context.replies.answer(call, reply.setLeader(leader).setTerm(term))) {
      metrics.proposalsUnknown.incrementAndGet();
    }
  }

  private void refuseAll(List<ClientCall> calls, Refusal reason) {
    for (ClientCall call : calls) {
      switch (reason) {
        case NOT_LEADER -> refuse(call, ErrorCode.ERROR_CODE_NOT_LEADER, "not the leader");
        case TRANSFERRING ->
            refuse(call, ErrorCode.ERROR_CODE_NOT_LEADER, "leadership is being handed over");
        case OVERLOADED ->
            refuse(call, ErrorCode.ERROR_CODE_OVERLOADED, "too much of the log is uncommitted");
        case CHANGE_IN_PROGRESS, NOT_CAUGHT_UP, INVALID ->
            refuse(call, ErrorCode.ERROR_CODE_MALFORMED, "refused: " + reason);
      }
    }
  }
}
