package dev.flotilla.kv.engine;

import dev.flotilla.raft.fsm.StateStorageException;

/** The engine's disk failed or its files are damaged; the node cannot go on (H30). */
public final class EngineException extends StateStorageException {
  private static final long serialVersionUID = 1L;

  public EngineException(String message, Throwable cause) {
    super(message, cause instanceof EngineException engine && engine.isDamage(), cause);
  }

  public EngineException(String message) {
    super(message, false);
  }

  private EngineException(String message, boolean damage, Throwable cause) {
    super(message, damage, cause);
  }

  private EngineException(String message, boolean damage) {
    super(message, damage);
  }

  /** What is stored is not what was written. */
  static EngineException damaged(String message) {
    return new EngineException(message, true);
  }

  static EngineException damaged(String message, Throwable cause) {
    return new EngineException(message, true, cause);
  }
}
