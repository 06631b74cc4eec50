package dev.flotilla.raft.runtime;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answers of one pass: each client channel that got any is flushed once, at the pass's end. */
final class ReplyOutbox {
  private final Set<ClientChannel> touched = new LinkedHashSet<>();

  /** The channel answered last: answers tend to come in runs. */
  private @Nullable ClientChannel last;

  boolean answer(ClientCall call, Reply.Builder reply) {
    if (!call.answer(reply)) {
      return false;
    }
    if (call.channel() != last) {
      last = call.channel();
      touched.add(last);
    }
    return true;
  }

  /** It had no effect and never will. */
  boolean notApplied(ClientCall call, ErrorCode error, String message) {
    return answer(call, refusal(Outcome.OUTCOME_NOT_APPLIED, error, message));
  }

  /** A command that may or may not take effect; a query never has one. */
  boolean undecided(ClientCall call, ErrorCode error, String message) {
    Outcome outcome =
        call.kind() == ClientCall.Kind.COMMAND
            ? Outcome.OUTCOME_UNKNOWN
            : Outcome.OUTCOME_NOT_APPLIED;
    return answer(call, refusal(outcome, error, message));
  }

  void flush() {
    if (touched.isEmpty()) {
      return;
    }
    for (ClientChannel channel : touched) {
      channel.flush();
    }
    touched.clear();
    last = null;
  }

  static Reply.Builder refusal(Outcome outcome, ErrorCode error, String message) {
    return Reply.newBuilder().setOutcome(outcome).setError(error).setMessage(message);
  }

  static LeaderHint hint(int leader, String address, long term) {
    return LeaderHint.newBuilder().setNode(leader).setAddress(address).setTerm(term).build();
  }
}
