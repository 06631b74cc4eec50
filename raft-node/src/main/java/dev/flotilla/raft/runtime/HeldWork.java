package dev.flotilla.raft.runtime;

import dev.flotilla.proto.client.v1.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a state machine had no room for, and what came to it behind that: entries and snapshots, in
 * their order, until there is room. The applier's thread only.
 *
 * <p>Bounded by what the loop hands over before it hears of progress: a window of entries.
 */
final class HeldWork {
  /** How long until it is tried again. */
  private static final long RETRY_NANOS = 100_000_000L;

  private final ArrayDeque<ApplierWork> works = new ArrayDeque<>();
  private long retryNanos;

  boolean isEmpty() {
    return works.isEmpty();
  }

  /** There was no room for this, which comes before all that is held. */
  void refused(ApplierWork work, long nowNanos) {
    works.addFirst(work);
    retryNanos = nowNanos + RETRY_NANOS;
  }

  /** Comes after all that is held. */
  void add(ApplierWork work) {
    works.addLast(work);
  }

  /** Nanoseconds until it is time to try again; none when nothing is held. */
  long untilRetryNanos(long nowNanos) {
    return works.isEmpty() ? Long.MAX_VALUE : Math.max(0, retryNanos - nowNanos);
  }

  ApplierWork takeFirst() {
    return works.removeFirst();
  }

  /** What comes after that, for whoever can do several at once. */
  Deque<ApplierWork> rest() {
    return works;
  }

  List<ApplierWork> takeAll() {
    List<ApplierWork> all = new ArrayList<>(works);
    works.clear();
    return all;
  }

  /**
   * Answers the commands whose callers gave up: they are committed, and will be applied. Returns
   * nanoseconds until the next such.
   */
  long expire(long nowNanos, ReplyOutbox replies) {
    long nextNanos = Long.MAX_VALUE;
    for (ApplierWork work : works) {
      if (work instanceof ApplierWork.Apply apply) {
        for (PendingProposals.Proposal proposal : apply.proposals()) {
          for (ClientCall call : proposal.calls()) {
            if (call.isAnswered()) {
              continue;
            }
            if (call.isExpired(nowNanos)) {
              replies.undecided(
                  call, ErrorCode.ERROR_CODE_TIMEOUT, "committed, but no room to apply it in time");
            } else {
              nextNanos = Math.min(nextNanos, call.deadlineNanos() - nowNanos);
            }
          }
        }
      }
    }
    return nextNanos;
  }
}
