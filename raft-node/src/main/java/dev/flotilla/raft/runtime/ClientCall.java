package dev.flotilla.raft.runtime;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.Reply;
import org.jspecify.annotations.Nullable;

/**
 * One client request on its way through the node. Belongs to one thread at a time: the loop, and
 * after a hand-over the applier.
 *
 * <p>Exactly-once completion (H31) rests here: the first answer is sent, every later one is
 * dropped. All the node's ways out (applied, refused, timed out, leadership lost, stopped) end in
 * {@link #answer}, so that none of them has to know what the others did.
 */
final class ClientCall {
  private final ClientChannel channel;
  private final long id;
  private final int group;
  private final Kind kind;
  private final long deadlineNanos;
  private final int bytes;
  private @Nullable ByteString body;
  private @Nullable Backlog backlog;
  private boolean answered;

  /** What is asked. */
  enum Kind {
    COMMAND,
    /** A query that must see everything acknowledged before it. */
    QUERY,
    /** The same, where the leader's lease may stand in for the quorum round. */
    LEASE_QUERY,
    /** A query answered from whatever this replica has applied. */
    STALE_QUERY
  }

  ClientCall(
      ClientChannel channel, long id, int group, Kind kind, ByteString body, long deadlineNanos) {
    this.channel = channel;
    this.id = id;
    this.group = group;
    this.kind = kind;
    this.body = body;
    this.bytes = body.size();
    this.deadlineNanos = deadlineNanos;
  }

  ClientChannel channel() {
    return channel;
  }

  int group() {
    return group;
  }

  Kind kind() {
    return kind;
  }

  /** Size of the command or query. */
  int bytes() {
    return bytes;
  }

  /** When the caller stops waiting, on the monotonic clock. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /**
   * The command or query; asked for once, so that it can be collected while the answer is awaited.
   */
  ByteString takeBody() {
    ByteString taken = body;
    if (taken == null) {
      throw new IllegalStateException("body of request " + id + " was taken before");
    }
    body = null;
    return taken;
  }

  /** Counts this request against its replica's backlog until it is answered. */
  boolean enter(Backlog replicaBacklog) {
    if (!replicaBacklog.tryAdd(bytes)) {
      return false;
    }
    backlog = replicaBacklog;
    return true;
  }

  boolean isAnswered() {
    return answered;
  }

  /** Sends the reply unless one was sent before; returns whether it was sent. */
  boolean answer(Reply.Builder reply) {
    if (answered) {
      return false;
    }
    answered = true;
    if (backlog != null) {
      backlog.remove(bytes);
    }
    channel.reply(reply.setId(id).build());
    return true;
  }
}
