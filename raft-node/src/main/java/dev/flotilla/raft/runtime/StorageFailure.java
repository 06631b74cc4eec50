package dev.flotilla.raft.runtime;

/** The node's disk failed, or is damaged: the node cannot go on, and must not pretend to (H32). */
final class StorageFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StorageFailure(String doing, Throwable cause) {
    super(doing, cause);
  }
}
