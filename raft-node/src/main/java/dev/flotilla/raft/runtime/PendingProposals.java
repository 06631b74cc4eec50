package dev.flotilla.raft.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands a leader has proposed and whose fate is open, by the log position that decides it.
 *
 * <p>Invariant: {@code accepted} ascends by index, because a leader only appends; positions are
 * handed out in the same order when they are applied.
 */
final class PendingProposals {

  /** One entry's commands, in the order of its frame. */
  record Proposal(long index, long term, List<ClientCall> calls, long proposedNanos) {}

  private record Asked(List<ClientCall> calls, long askedNanos) {}

  /** Handed to the core, which answers within the same step. */
  private final Map<Long, Asked> asked = new LinkedHashMap<>();

  private final ArrayDeque<Proposal> accepted = new ArrayDeque<>();

  /** No open command's deadline is before this. */
  private long nextDeadlineNanos = Long.MAX_VALUE;

  void ask(long proposalId, List<ClientCall> calls, long nowNanos) {
    asked.put(proposalId, new Asked(calls, nowNanos));
  }

  void accept(long proposalId, long index, long term) {
    Asked proposal = asked.remove(proposalId);
    if (proposal == null) {
      return;
    }
    accepted.add(new Proposal(index, term, proposal.calls(), proposal.askedNanos()));
    for (ClientCall call : proposal.calls()) {
      nextDeadlineNanos = Math.min(nextDeadlineNanos, call.deadlineNanos());
    }
  }

  /** Forgets a proposal that was refused; returns its commands. */
  List<ClientCall> refuse(long proposalId) {
    Asked proposal = asked.remove(proposalId);
    return proposal == null ? List.of() : proposal.calls();
  }

  /** The proposal that became the committed entry at this position, if it was made here. */
  @Nullable Proposal takeAt(long index, long term) {
    Proposal head = accepted.peek();
    if (head == null || head.index() != index || head.term() != term) {
      return null;
    }
    return accepted.remove();
  }

  /** Takes everything that stands after {@code index} or was never accepted. */
  List<ClientCall> takeAfter(long index) {
    List<ClientCall> taken = new ArrayList<>();
    for (Iterator<Proposal> all = accepted.iterator(); all.hasNext(); ) {
      Proposal proposal = all.next();
      if (proposal.index() > index) {
        taken.addAll(proposal.calls());
        all.remove();
      }
    }
    asked.values().forEach(proposal -> taken.addAll(proposal.calls()));
    asked.clear();
    return taken;
  }

  long nextDeadlineNanos() {
    return nextDeadlineNanos;
  }

  /**
   * Names the commands whose callers have stopped waiting. They stay in the log, and here as
   * positions.
   */
  void expire(long nowNanos, Consumer<ClientCall> expired) {
    if (nowNanos < nextDeadlineNanos) {
      return;
    }
    nextDeadlineNanos = Long.MAX_VALUE;
    for (Iterator<Proposal> all = accepted.iterator(); all.hasNext(); ) {
      for (ClientCall call : all.next().calls()) {
        if (call.isAnswered()) {
          continue;
        }
        if (call.isExpired(nowNanos)) {
          expired.accept(call);
        } else {
          nextDeadlineNanos = Math.min(nextDeadlineNanos, call.deadlineNanos());
        }
      }
    }
  }

  boolean isEmpty() {
    return asked.isEmpty() && accepted.isEmpty();
  }
}
