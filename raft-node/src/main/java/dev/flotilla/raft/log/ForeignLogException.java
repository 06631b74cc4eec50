package dev.flotilla.raft.log;

import java.io.IOException;

/** A segment was written by another node, or by this one before it lost its disk (H50). */
public final class ForeignLogException extends IOException {
  private static final long serialVersionUID = 1L;

  public ForeignLogException(String message) {
    super(message);
  }
}
