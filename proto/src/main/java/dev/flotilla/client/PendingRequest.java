package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.MembersQuery;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.Request;
import java.util.function.Consumer;

/**
 * A request on its way through a {@link NodeClient}. After submission only the client's event loop
 * touches it.
 */
final class PendingRequest extends DeadlineWheel.Item {
  /** What a request costs in the client's byte budget beside its body. */
  static final int OVERHEAD_BYTES = 64;

  /** What is asked. Only a command can have an effect. */
  enum Kind {
    COMMAND,
    QUERY,
    MEMBERS
  }

  private final int group;
  private final Kind kind;
  private final ByteString body;
  private final ReadConsistency consistency;
  private final long deadlineNanos;
  private final Consumer<Reply> onReply;
  private long id;
  private boolean completed;

  PendingRequest(
      int group,
      Kind kind,
      ByteString body,
      ReadConsistency consistency,
      long deadlineNanos,
      Consumer<Reply> onReply) {
    this.group = group;
    this.kind = kind;
    this.body = body;
    this.consistency = consistency;
    this.deadlineNanos = deadlineNanos;
    this.onReply = onReply;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  int costBytes() {
    return OVERHEAD_BYTES + body.size();
  }

  /** 0 while no byte of it was handed to a stream. */
  long id() {
    return id;
  }

  boolean isCompleted() {
    return completed;
  }

  /** The wire form, from now on counted as sent. What is left of the deadline travels with it. */
  Request toWire(long newId, long nowNanos) {
    id = newId;
    long leftMillis = Math.max(1, (deadlineNanos - nowNanos) / 1_000_000L);
    Request.Builder request =
        Request.newBuilder()
            .setId(newId)
            .setGroup(group)
            .setTimeoutMillis((int) Math.min(Integer.MAX_VALUE, leftMillis));
    return switch (kind) {
      case COMMAND -> request.setCommand(body).build();
      case QUERY -> request.setQuery(body).setConsistency(consistency).build();
      case MEMBERS -> request.setMembers(MembersQuery.getDefaultInstance()).build();
    };
  }

  /**
   * The answer this side gives when the node gave none. A command that was handed to a stream may
   * have reached the log; nothing else can have had an effect.
   */
  Reply withoutAnswer(ErrorCode error, String message) {
    return refusal(
        kind == Kind.COMMAND && id != 0 ? Outcome.OUTCOME_UNKNOWN : Outcome.OUTCOME_NOT_APPLIED,
        error,
        message);
  }

  static Reply refusal(Outcome outcome, ErrorCode error, String message) {
    return Reply.newBuilder().setOutcome(outcome).setError(error).setMessage(message).build();
  }

  /** Calls back; the caller makes sure that this happens once. */
  void complete(Reply reply) {
    if (completed) {
      throw new IllegalStateException("request " + id + " answered twice");
    }
    completed = true;
    onReply.accept(reply);
  }
}
