package dev.flotilla.bench.stream;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallerIdentity;
import dev.flotilla.balancer.routing.ClientSession;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends each operation to the leader of its key's group, and when that comes to nothing sends it
 * again under the same identity, so that it takes effect once, until there is an answer or its time
 * is over.
 *
 * <p>An operation is <i>applied</i> when any attempt is, since all are one command to the state
 * machine; <i>unknown</i> when none was and some attempt of a command was sent and not answered;
 * otherwise <i>not applied</i>.
 */
final class StreamClient implements CallbackDoor.Client {

  private static final long FIRST_PAUSE_NANOS = 2_000_000L;
  private static final long MOST_PAUSE_NANOS = 50_000_000L;

  /** Redirections follow each other at once so many times; then there is a pause. */
  private static final int PROMPT_ATTEMPTS = 4;

  private final SlotTable slots;
  private final Whereabouts whereabouts;
  private final StreamConnections connections;
  private final StreamSessions sessions;
  private final EventLoop timer;
  private final long timeoutNanos;
  private final LongSupplier nanoTime;
  private final AtomicLong repeats = new AtomicLong();

  StreamClient(
      SlotTable slots,
      Whereabouts whereabouts,
      StreamConnections connections,
      StreamSessions sessions,
      EventLoop timer,
      long timeoutNanos,
      LongSupplier nanoTime) {
    this.slots = slots;
    this.whereabouts = whereabouts;
    this.connections = connections;
    this.sessions = sessions;
    this.timer = timer;
    this.timeoutNanos = timeoutNanos;
    this.nanoTime = nanoTime;
  }

  @Override
  public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
    int group = StreamCluster.groupOf(slots, operation.key());
    if (!StreamCodec.isCommand(operation)) {
      new Call(lane, group, operation, null, 0, encode(operation, null), answer).send();
      return;
    }
    ClientSession session = sessions.of(lane, group);
    CallerIdentity identity = session.begin();
    if (identity == null) {
      answer.failed(
          new Failure(
              "OVERLOADED", Outcome.NOT_APPLIED, "an older command holds back the session"));
      return;
    }
    ByteString body = encode(operation, identity);
    new Call(lane, group, operation, session, identity.seq(), body, answer).send();
  }

  private ByteString encode(Operation operation, @Nullable CallerIdentity identity) {
    return StreamCodec.encode(operation, slots.epoch(), identity);
  }

  /** Attempts after the first of their operation. */
  long repeats() {
    return repeats.get();
  }

  @Override
  public void close() {
    connections.close();
  }

  /**
   * One operation on its way. Its attempts follow each other, each begun by the answer of the one
   * before or by the timer, so that no two threads are here at once.
   */
  private final class Call implements Consumer<Reply> {
    private final int lane;
    private final int group;
    private final Operation operation;
    private final @Nullable ClientSession session;
    private final long seq;
    private final ByteString body;
    private final CallbackDoor.Answer answer;
    private final long deadlineNanos = nanoTime.getAsLong() + timeoutNanos;

    private int asked;
    private int attempts;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean maybeApplied;

    Call(
        int lane,
        int group,
        Operation operation,
        @Nullable ClientSession session,
        long seq,
        ByteString body,
        CallbackDoor.Answer answer) {
      this.lane = lane;
      this.group = group;
      this.operation = operation;
      this.session = session;
      this.seq = seq;
      this.body = body;
      this.answer = answer;
    }

    void send() {
      attempts++;
      asked = whereabouts.nodeFor(group);
      NodeClient node = connections.to(lane, asked);
      long leftNanos = deadlineNanos - nanoTime.getAsLong();
      int leftMillis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos));
      if (session == null) {
        node.query(group, body, ReadConsistency.READ_CONSISTENCY_LINEARIZABLE, leftMillis, this);
      } else {
        node.command(group, body, leftMillis, this);
      }
    }

    @Override
    public void accept(Reply reply) {
      switch (reply.getOutcome()) {
        case OUTCOME_APPLIED -> answered(reply);
        case OUTCOME_NOT_APPLIED -> refused(reply);
        default -> {
          maybeApplied |= session != null;
          unreachable(reply);
        }
      }
    }

    private void answered(Reply reply) {
      StreamCodec.Judgement judgement = StreamCodec.judge(operation, reply.getResult());
      Failure failure = judgement.failure();
      if (failure == null) {
        finish();
        answer.succeeded(group, judgement.revision());
      } else {
        fail(failure);
      }
    }

    private void refused(Reply reply) {
      switch (reply.getError()) {
        case ERROR_CODE_NOT_LEADER -> {
          boolean news = whereabouts.redirected(group, asked, reply.getLeader());
          again(reply, news && attempts <= PROMPT_ATTEMPTS);
        }
        case ERROR_CODE_OVERLOADED -> again(reply, false);
        case ERROR_CODE_TOO_LARGE, ERROR_CODE_MALFORMED, ERROR_CODE_DISK_FULL -> giveUp(reply);
        default -> unreachable(reply);
      }
    }

    /** The node does not answer, or not for the group; another may lead by now. */
    private void unreachable(Reply reply) {
      boolean news = whereabouts.lost(group, asked);
      again(reply, news && attempts <= PROMPT_ATTEMPTS);
    }

    private void again(Reply reply, boolean atOnce) {
      long leftNanos = deadlineNanos - nanoTime.getAsLong();
      if (leftNanos <= 0) {
        giveUp(reply);
        return;
      }
      repeats.incrementAndGet();
      if (atOnce) {
        send();
        return;
      }
      long pause = Math.min(pauseNanos, leftNanos);
      pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
      try {
        timer.schedule(this::send, pause, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closed) {
        giveUp(reply);
      }
    }

    private void giveUp(Reply last) {
      fail(
          new Failure(
              last.getError().name().replace("ERROR_CODE_", ""),
              Outcome.NOT_APPLIED,
              last.getMessage().isEmpty()
                  ? "node " + asked + " refuses; attempt " + attempts
                  : last.getMessage()));
    }

    /** An attempt whose fate is not known outweighs what is said of the last one. */
    private void fail(Failure failure) {
      finish();
      boolean unknown = maybeApplied && failure.outcome() == Outcome.NOT_APPLIED;
      answer.failed(
          unknown ? new Failure(failure.code(), Outcome.UNKNOWN, failure.sample()) : failure);
    }

    private void finish() {
      if (session != null) {
        session.end(seq);
      }
    }
  }
}
