package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import java.util.function.Consumer;

/**
 * The way to one node. Thread-safe, never blocks.
 *
 * <p>Each call is answered exactly once, by the deadline or a little after, and the answer names an
 * outcome; where the node gave none, the channel does: {@code NOT_APPLIED} only when it is certain
 * that the request never left. The answer may come on any thread, the calling one too.
 */
public interface NodeChannel {
  /** Sends a command to the node's replica of a group. */
  void command(int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply);

  /** Sends a query to the node's replica of a group. */
  void query(
      int group,
      ByteString query,
      ReadConsistency consistency,
      int timeoutMillis,
      Consumer<Reply> onReply);

  /** Asks the node's replica of a group who belongs to the group; the answer is in the reply. */
  default void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
    onReply.accept(
        Reply.newBuilder()
            .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
            .setError(ErrorCode.ERROR_CODE_UNAVAILABLE)
            .setMessage("this way to the node cannot ask for members")
            .build());
  }
}
