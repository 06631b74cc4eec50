package dev.flotilla.raft.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's orderly end: take no more requests, hand over what is led, finish what is under way,
 * flush the state machines so that the next start has little to replay. Each step has until the
 * deadline.
 *
 * <p>Leadership is handed over once. A node that is elected while it drains keeps it: when all
 * nodes of a group stop together, they must not pass it round.
 */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private enum Stage {
    HANDING_OVER,
    FINISHING,
    FLUSHING,
    DONE
  }

  private final LoopContext context;
  private final SortedMap<Integer, Replica> replicas;
  private final long deadlineNanos;
  private final List<CompletableFuture<Void>> waiters = new ArrayList<>();
  private Stage stage = Stage.HANDING_OVER;
  private int transfersOpen;

  Drain(
      LoopContext context,
      SortedMap<Integer, Replica> replicas,
      long deadlineNanos,
      CompletableFuture<Void> done) {
    this.context = context;
    this.replicas = replicas;
    this.deadlineNanos = deadlineNanos;
    waiters.add(done);
    for (Replica replica : replicas.values()) {
      replica.drain();
      if (replica.leads()) {
        transfersOpen++;
        replica.transfer(
            0,
            ended -> {
              transfersOpen--;
              log.info(
                  "{} {}: leadership: {}", context.options.name(), replica.name, ended.reason());
            });
      }
    }
  }

  /** Somebody else wants to know when it is done. */
  void join(CompletableFuture<Void> done) {
    if (stage == Stage.DONE) {
      done.complete(null);
    } else {
      waiters.add(done);
    }
  }

  long deadlineNanos() {
    return stage == Stage.DONE ? Long.MAX_VALUE : deadlineNanos;
  }

  /** Goes on as far as it can; called at the end of each pass. */
  void advance() {
    boolean late = context.nowNanos - deadlineNanos >= 0;
    if (stage == Stage.HANDING_OVER && (transfersOpen == 0 || late)) {
      stage = Stage.FINISHING;
    }
    if (stage == Stage.FINISHING
        && (late || replicas.values().stream().allMatch(Replica::isDrained))) {
      stage = Stage.FLUSHING;
      context.applier.submit(new ApplierWork.Drain());
    }
    if (stage == Stage.FLUSHING && late) {
      log.warn("{}: stopping without having flushed everything", context.options.name());
      finish();
    }
  }

  void flushed() {
    if (stage == Stage.FLUSHING) {
      finish();
    }
  }

  private void finish() {
    stage = Stage.DONE;
    waiters.forEach(waiter -> waiter.complete(null));
    waiters.clear();
  }

  /** The node stops before it is drained. */
  void abandon() {
    finish();
  }
}
