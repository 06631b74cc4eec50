package dev.flotilla.raft.env;

import java.io.IOException;

/** The folder is not, or cannot be shown to be, this node's: it must not be used (H50). */
public final class NodeIdentityException extends IOException {
  private static final long serialVersionUID = 1L;

  public NodeIdentityException(String message) {
    super(message);
  }
}
