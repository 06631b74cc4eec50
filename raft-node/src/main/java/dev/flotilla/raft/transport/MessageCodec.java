package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Message;
import java.util.Optional;

/** Between the core's messages and the wire. Payloads are wrapped, not copied, on the way out. */
public final class MessageCodec {
  private MessageCodec() {}

  public static RaftMessage encode(int group, Message message) {
    throw new UnsupportedOperationException();
  }

  /**
   * Empty when the body is unknown or malformed: the message is dropped and counted, as if lost.
   */
  public static Optional<Message> decode(RaftMessage message) {
    throw new UnsupportedOperationException();
  }

  public static dev.flotilla.proto.raft.v1.Membership encode(Membership membership) {
    throw new UnsupportedOperationException();
  }

  public static Membership decode(dev.flotilla.proto.raft.v1.Membership membership) {
    throw new UnsupportedOperationException();
  }
}
