package dev.flotilla.kv.engine;

/** The engine's disk failed or its files are damaged; the replica cannot go on (H30). */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  public EngineException(String message) {
    super(message);
  }
}
