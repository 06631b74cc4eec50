package dev.flotilla.raft.snapshot;

import java.io.IOException;

/** A stored snapshot is not what its manifest says. */
public final class SnapshotDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  public SnapshotDamagedException(String message) {
    super(message);
  }
}
