package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Reply;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to its answer: find the leader, send, and when that comes to nothing send again
 * with the same (client, seq) until there is an answer or the deadline.
 *
 * <p><b>The algebra of outcomes.</b> An attempt is <i>applied</i> when the state machine answered,
 * <i>not applied</i> when it certainly had and will have no effect, <i>unknown</i> otherwise: it
 * timed out, its stream broke, its leader was deposed, or it was given up for a newer leader. The
 * request is applied as soon as any attempt is; since all attempts carry one (client, seq), that
 * answer holds for all. It is unknown when some attempt is unknown and none was applied: a later
 * "not applied" speaks for its own attempt only. Reads have no effect and are never unknown.
 *
 * <p>Each event (reply, timer, leader found) belongs to a step; whoever ends the step goes on
 * alone. The monitor guards the fields only and is never held while calling out.
 */
final class RouteCall {
  private final Router router;
  private final GroupRoute group;
  private final KvRequest request;
  private final ByteString body;
  private final boolean ownIdentity;
  private final long startNanos;
  private final long deadlineNanos;
  private final Consumer<KvAnswer> onAnswer;

  // Guarded by this.
  private int step;
  private boolean done;
  private boolean inFlight;
  private boolean maybeApplied;
  private @Nullable Leader target;
  private long lastTerm = -1;
  private @Nullable RetryReason trouble;
  private String troubleDetail = "";
  private RetryPolicy.@Nullable Attempts attempts;
  private RouterEnvironment.@Nullable Cancellable timer;

  RouteCall(
      Router router,
      GroupRoute group,
      KvRequest request,
      ByteString body,
      boolean ownIdentity,
      long startNanos,
      long timeoutNanos,
      Consumer<KvAnswer> onAnswer) {
    this.router = router;
    this.group = group;
    this.request = request;
    this.body = body;
    this.ownIdentity = ownIdentity;
    this.startNanos = startNanos;
    this.deadlineNanos = startNanos + timeoutNanos;
    this.onAnswer = onAnswer;
  }

  void start() {
    armTimer(router.options().suspectAfter().toNanos());
    proceed(0, true);
  }

  // ---- finding somebody to send to ----

  private void proceed(int atStep, boolean first) {
    Leader leader = router.leaders().get(group.id());
    if (leader != null && group.members().has(leader.node())) {
      if (first) {
        router.events().leaderCacheHit(group.id());
      }
      send(atStep, leader);
    } else if (anyReplicaWillDo()) {
      send(atStep, new Leader(group.anyMember(), 0));
    } else {
      if (first) {
        router.events().leaderCacheMiss(group.id());
      }
      group
          .finder()
          .find(found -> {
            if (isAt(atStep)) {
              proceed(atStep, false);
            }
          });
    }
  }

  private boolean anyReplicaWillDo() {
    return request instanceof KvRequest.Get get && get.consistency() == Consistency.STALE;
  }

  private synchronized boolean isAt(int someStep) {
    return !done && step == someStep;
  }

  // ---- sending ----

  private void send(int atStep, Leader leader) {
    long leftNanos = deadlineNanos - router.now();
    if (leftNanos <= 0) {
      expire();
      return;
    }
    // A leader of a newer term is progress and costs nothing: there are only as many as there are
    // elections. Asking
    // the same one again is what a budget is for.
    boolean repeat;
    synchronized (this) {
      repeat = lastTerm >= 0 && leader.term() <= lastTerm;
    }
    if (repeat && !group.budget().spend()) {
      giveUp(atStep);
      return;
    }
    int sent;
    synchronized (this) {
      if (done || step != atStep) {
        return;
      }
      sent = ++step;
      inFlight = true;
      target = leader;
      lastTerm = leader.term();
    }
    int timeoutMillis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos));
    NodeChannel channel = router.nodes().to(leader.node());
    Consumer<Reply> onReply = reply -> onReply(sent, leader, reply);
    if (request.command()) {
      channel.command(group.id(), body, timeoutMillis, onReply);
    } else {
      channel.query(group.id(), body, KvCodec.consistency(request), timeoutMillis, onReply);
    }
  }

  private void onReply(int sent, Leader from, Reply reply) {
    switch (reply.getOutcome()) {
      case OUTCOME_APPLIED -> onApplied(sent, from, reply);
      case OUTCOME_NOT_APPLIED -> onRefused(sent, from, reply);
      default -> onUnknown(sent, from, reply);
    }
  }

  private void onApplied(int sent, Leader from, Reply reply) {
    if (reply.getTerm() > from.term() && !anyReplicaWillDo()) {
      router.leaders().learn(group.id(), new Leader(from.node(), reply.getTerm()));
    }
    switch (KvCodec.decode(request, group.id(), reply)) {
      case KvCodec.Decoded.Final decoded -> {
        if (certainlyExpiredUnapplied(decoded.answer())) {
          fail(sent, FailureCode.OVERLOADED, "too many newer commands overtook this one");
        } else {
          answer(decoded.answer());
        }
      }
      case KvCodec.Decoded.WrongShard wrong -> {
        router.events().redirected(group.id());
        retry(
            sent,
            false,
            RetryReason.WRONG_SHARD,
            "we route by epoch " + router.slots().epoch() + ", it knows " + wrong.epoch());
      }
    }
  }

  /**
   * An expired session says that this attempt had no effect and that earlier ones are forgotten.
   * When the identity is ours we know of every earlier attempt: if none is unknown, the command had
   * no effect at all.
   */
  private synchronized boolean certainlyExpiredUnapplied(KvAnswer answer) {
    return ownIdentity
        && !maybeApplied
        && answer instanceof KvAnswer.Failed failed
        && failed.code() == FailureCode.SESSION_EXPIRED;
  }

  private void onRefused(int sent, Leader from, Reply reply) {
    switch (reply.getError()) {
      case ERROR_CODE_NOT_LEADER -> {
        router.events().redirected(group.id());
        if (!LeaderHints.learn(router.leaders(), group.id(), group.members(), reply)) {
          router.leaders().forget(group.id(), from);
        }
        retry(sent, false, RetryReason.REDIRECTED, "");
      }
      case ERROR_CODE_OVERLOADED -> retry(sent, false, RetryReason.OVERLOADED, reply.getMessage());
      case ERROR_CODE_TIMEOUT ->
          fail(sent, FailureCode.TIMEOUT, "the node had no time left for the request");
      case ERROR_CODE_TOO_LARGE -> fail(sent, FailureCode.TOO_LARGE, reply.getMessage());
      case ERROR_CODE_MALFORMED -> fail(sent, FailureCode.INTERNAL, reply.getMessage());
      case ERROR_CODE_DISK_FULL -> fail(sent, FailureCode.UNAVAILABLE, "the leader's disk is full");
      case ERROR_CODE_UNKNOWN_GROUP, ERROR_CODE_REPLICA_FAILED -> {
        router.leaders().forget(group.id(), from);
        retry(sent, false, RetryReason.REPLICA_UNFIT, reply.getMessage());
      }
      default -> {
        router.leaders().forget(group.id(), from);
        retry(sent, false, RetryReason.NODE_LOST, reply.getMessage());
      }
    }
  }

  private void onUnknown(int sent, Leader from, Reply reply) {
    if (reply.getError() == ErrorCode.ERROR_CODE_TIMEOUT) {
      // It was given all the time there is. A slow leader is still the leader.
      expire();
      return;
    }
    router.leaders().forget(group.id(), from);
    retry(sent, true, RetryReason.NODE_LOST, reply.getMessage());
  }

  // ---- sending again ----

  /**
   * @param unknown whether the attempt that ends here may still take effect
   */
  private void retry(int sent, boolean unknown, RetryReason reason, String detail) {
    RetryPolicy.Attempts counted;
    int now;
    long termTried;
    synchronized (this) {
      if (done || step != sent) {
        // Given up before, and counted as unknown then.
        return;
      }
      now = ++step;
      inFlight = false;
      target = null;
      maybeApplied |= unknown && request.command();
      trouble = reason;
      troubleDetail = detail;
      if (attempts == null) {
        attempts = router.retries().begin();
      }
      counted = attempts;
      termTried = lastTerm;
    }
    long delayMillis = counted.nextDelayMillis(reason);
    if (delayMillis == RetryPolicy.Attempts.NONE_LEFT) {
      giveUp(now);
      return;
    }
    router.events().retried(group.id(), reason);
    Leader known = router.leaders().get(group.id());
    boolean newer = known != null && known.term() > termTried;
    // Without a known leader the finder's own spacing is the pause.
    boolean finderWaits = known == null && !anyReplicaWillDo();
    if (newer || finderWaits) {
      proceed(now, false);
    } else {
      router
          .environment()
          .timer()
          .after(TimeUnit.MILLISECONDS.toNanos(delayMillis), () -> proceed(now, false));
    }
  }

  // ---- time ----

  private void armTimer(long delayNanos) {
    long untilDeadline = deadlineNanos - router.now();
    RouterEnvironment.Cancellable armed =
        router
            .environment()
            .timer()
            .after(Math.max(0, Math.min(delayNanos, untilDeadline)), this::onTimer);
    synchronized (this) {
      if (!done) {
        timer = armed;
        return;
      }
    }
    armed.cancel();
  }

  private void onTimer() {
    if (deadlineNanos - router.now() <= 0) {
      expire();
      return;
    }
    int suspected;
    boolean suspicious;
    synchronized (this) {
      if (done) {
        return;
      }
      suspected = step;
      suspicious = inFlight && target != null && target.term() > 0;
    }
    RouterOptions options = router.options();
    if (suspicious) {
      // The leader may be frozen, or cut off from its group but not from us. Ask who leads; only if
      // it is somebody of a
      // newer term is this attempt given up, for a slow disk is no reason to send everything twice.
      group.finder().find(found -> onSuspicionChecked(suspected));
    }
    armTimer((suspicious ? options.suspectEvery() : options.suspectAfter()).toNanos());
  }

  private void onSuspicionChecked(int suspected) {
    Leader known = router.leaders().get(group.id());
    if (known == null) {
      return;
    }
    synchronized (this) {
      if (done || step != suspected || known.term() <= lastTerm) {
        return;
      }
    }
    retry(suspected, true, RetryReason.NODE_LOST, "the leader was deposed");
  }

  // ---- ending ----

  private void answer(KvAnswer answer) {
    if (!end()) {
      return;
    }
    long took = router.now() - startNanos;
    if (answer instanceof KvAnswer.Failed) {
      group.breaker().neither();
    } else {
      group.breaker().succeeded(took);
    }
    deliver(answer, took);
  }

  /** The request is refused for good, unless an earlier attempt may have been applied. */
  private void fail(int sent, FailureCode code, String message) {
    synchronized (this) {
      if (done || step != sent) {
        return;
      }
      inFlight = false;
    }
    finish(code, message);
  }

  /** No attempts left, or no budget for them. */
  private void giveUp(int atStep) {
    RetryReason last;
    String detail;
    synchronized (this) {
      if (done || step != atStep) {
        return;
      }
      last = trouble == null ? RetryReason.OVERLOADED : trouble;
      detail = troubleDetail;
    }
    finish(last.code(), detail.isEmpty() ? last.message() : last.message() + ": " + detail);
  }

  private void expire() {
    boolean waiting;
    RetryReason last;
    synchronized (this) {
      waiting = inFlight;
      last = trouble;
      maybeApplied |= inFlight && request.command();
    }
    if (waiting) {
      finish(FailureCode.TIMEOUT, "the group gave no answer in time");
    } else if (last == null) {
      finish(FailureCode.NO_LEADER, RetryReason.REDIRECTED.message());
    } else {
      finish(last.code(), last.message());
    }
  }

  private void finish(FailureCode code, String message) {
    boolean unknown;
    synchronized (this) {
      // Between the caller's look and this one an attempt may have left.
      maybeApplied |= inFlight && request.command();
      unknown = maybeApplied;
      if (!end()) {
        return;
      }
    }
    long took = router.now() - startNanos;
    FailureCode named = unknown ? FailureCode.TIMEOUT : code;
    switch (named) {
      case NO_LEADER, TIMEOUT, UNAVAILABLE -> group.breaker().failed(took);
      default -> group.breaker().neither();
    }
    deliver(
        new KvAnswer.Failed(
            group.id(),
            router.leaders().term(group.id()),
            named,
            unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
            unknown
                ? "the command was sent but no answer came in time; it may or may not take effect"
                : message),
        took);
  }

  private boolean end() {
    RouterEnvironment.Cancellable armed;
    synchronized (this) {
      if (done) {
        return false;
      }
      done = true;
      armed = timer;
    }
    if (armed != null) {
      armed.cancel();
    }
    return true;
  }

  private void deliver(KvAnswer answer, long tookNanos) {
    router.events().finished(request.op(), answer, tookNanos);
    onAnswer.accept(answer);
  }
}
