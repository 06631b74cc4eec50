package dev.flotilla.raft.runtime;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.env.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where clients' requests come in, on the transport's threads. What can be refused without the loop
 * is refused here: malformed, too large, for a group not hosted here, or more than the mailbox
 * holds.
 */
final class RequestIntake {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final NodeOptions.Limits limits;
  private final Set<Integer> groups;
  private final Clock clock;
  private final Mailbox mailbox;
  private final NodeMetrics metrics;

  RequestIntake(
      NodeOptions.Limits limits,
      Set<Integer> groups,
      Clock clock,
      Mailbox mailbox,
      NodeMetrics metrics) {
    this.limits = limits;
    this.groups = groups;
    this.clock = clock;
    this.mailbox = mailbox;
    this.metrics = metrics;
  }

  void submit(ClientChannel channel, RequestBatch batch) {
    long nowNanos = clock.nanoTime();
    List<ClientCall> calls = new ArrayList<>(batch.getRequestsCount());
    boolean answered = false;
    for (Request request : batch.getRequestsList()) {
      ErrorCode error = check(request);
      if (error == ErrorCode.ERROR_CODE_NONE) {
        calls.add(call(channel, request, nowNanos));
      } else {
        refuse(channel, request.getId(), error);
        answered = true;
      }
    }
    metrics.requestsReceived.addAndGet(batch.getRequestsCount());
    if (!calls.isEmpty()) {
      answered |= offer(calls);
    }
    if (answered) {
      channel.flush();
    }
  }

  /** Returns whether some of them did not fit, and were answered. */
  private boolean offer(List<ClientCall> calls) {
    int taken = mailbox.offerCalls(calls);
    if (taken == calls.size()) {
      return false;
    }
    boolean closed = taken < 0;
    for (int i = Math.max(0, taken); i < calls.size(); i++) {
      calls
          .get(i)
          .answer(
              ReplyOutbox.refusal(
                  Outcome.OUTCOME_NOT_APPLIED,
                  closed ? ErrorCode.ERROR_CODE_SHUTTING_DOWN : ErrorCode.ERROR_CODE_OVERLOADED,
                  closed ? "this node has stopped" : "too many requests wait for this node"));
    }
    if (!closed) {
      metrics.requestsOverloaded.addAndGet(calls.size() - taken);
    }
    return true;
  }

  private ErrorCode check(Request request) {
    ByteString body =
        switch (request.getBodyCase()) {
          case COMMAND -> request.getCommand();
          case QUERY -> request.getQuery();
          // The transport answers questions for members itself.
          case MEMBERS, BODY_NOT_SET -> null;
        };
    if (body == null) {
      return ErrorCode.ERROR_CODE_MALFORMED;
    }
    if (body.size() > limits.maxCommandBytes()) {
      return ErrorCode.ERROR_CODE_TOO_LARGE;
    }
    return groups.contains(request.getGroup())
        ? ErrorCode.ERROR_CODE_NONE
        : ErrorCode.ERROR_CODE_UNKNOWN_GROUP;
  }

  private ClientCall call(ClientChannel channel, Request request, long nowNanos) {
    long timeoutMillis =
        request.getTimeoutMillis() == 0
            ? limits.defaultTimeoutMillis()
            : Integer.toUnsignedLong(request.getTimeoutMillis());
    boolean command = request.getBodyCase() == Request.BodyCase.COMMAND;
    return new ClientCall(
        channel,
        request.getId(),
        request.getGroup(),
        command ? ClientCall.Kind.COMMAND : queryKind(request.getConsistency()),
        command ? request.getCommand() : request.getQuery(),
        nowNanos + timeoutMillis * NANOS_PER_MILLI);
  }

  private static ClientCall.Kind queryKind(ReadConsistency consistency) {
    return switch (consistency) {
      case READ_CONSISTENCY_STALE -> ClientCall.Kind.STALE_QUERY;
      case READ_CONSISTENCY_LEASE -> ClientCall.Kind.LEASE_QUERY;
      // What a newer client means is not known; the strongest cannot be wrong.
      case READ_CONSISTENCY_UNSPECIFIED, READ_CONSISTENCY_LINEARIZABLE, UNRECOGNIZED ->
          ClientCall.Kind.QUERY;
    };
  }

  private void refuse(ClientChannel channel, long id, ErrorCode error) {
    String message =
        switch (error) {
          case ERROR_CODE_TOO_LARGE ->
              "a command or query may have " + limits.maxCommandBytes() + " bytes";
          case ERROR_CODE_UNKNOWN_GROUP -> "this node does not host the group";
          default -> "the request holds neither a command nor a query";
        };
    channel.reply(
        ReplyOutbox.refusal(Outcome.OUTCOME_NOT_APPLIED, error, message).setId(id).build());
  }
}
