package dev.flotilla.raft.runtime;

import dev.flotilla.proto.client.v1.Reply;

/**
 * The way back to one client stream. Thread-safe, never blocks; replies to a client that left are
 * dropped.
 */
public interface ClientChannel {
  /** Adds a reply to the next batch. */
  void reply(Reply reply);

  /** Sends what {@link #reply} gathered. */
  void flush();
}
