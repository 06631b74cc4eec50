package dev.flotilla.raft.log;

import java.io.IOException;

/**
 * Both copies of a replica's identity, term and vote are unusable: it cannot know what it promised,
 * and must not start.
 */
public final class ReplicaDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  public ReplicaDamagedException(String message) {
    super(message);
  }
}
