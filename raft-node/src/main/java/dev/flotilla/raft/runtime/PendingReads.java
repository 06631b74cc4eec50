package dev.flotilla.raft.runtime;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The queries that wait for their quorum round, by the name the core was given for the batch. */
final class PendingReads {
  private final Map<Long, List<ClientCall>> waiting = new LinkedHashMap<>();

  /** No waiting query's deadline is before this. */
  private long nextDeadlineNanos = Long.MAX_VALUE;

  void ask(long readId, List<ClientCall> calls) {
    waiting.put(readId, calls);
    for (ClientCall call : calls) {
      nextDeadlineNanos = Math.min(nextDeadlineNanos, call.deadlineNanos());
    }
  }

  /** Takes a batch; empty when it was taken before. */
  List<ClientCall> take(long readId) {
    List<ClientCall> calls = waiting.remove(readId);
    return calls == null ? List.of() : calls;
  }

  List<ClientCall> takeAll() {
    List<ClientCall> all = new ArrayList<>();
    waiting.values().forEach(all::addAll);
    waiting.clear();
    return all;
  }

  long nextDeadlineNanos() {
    return nextDeadlineNanos;
  }

  /**
   * Names the queries whose callers have stopped waiting, and forgets batches that have none left.
   */
  void expire(long nowNanos, Consumer<ClientCall> expired) {
    if (nowNanos < nextDeadlineNanos) {
      return;
    }
    nextDeadlineNanos = Long.MAX_VALUE;
    for (Iterator<List<ClientCall>> batches = waiting.values().iterator(); batches.hasNext(); ) {
      boolean open = false;
      for (ClientCall call : batches.next()) {
        if (call.isAnswered()) {
          continue;
        }
        if (call.isExpired(nowNanos)) {
          expired.accept(call);
        } else {
          open = true;
          nextDeadlineNanos = Math.min(nextDeadlineNanos, call.deadlineNanos());
        }
      }
      if (!open) {
        batches.remove();
      }
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }
}
