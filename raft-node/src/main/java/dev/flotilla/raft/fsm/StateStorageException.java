package dev.flotilla.raft.fsm;

/**
 * The disk under a state machine failed, or what lies on it is damaged: not a fault of the state
 * machine's logic, and nothing the process could go on after.
 */
public class StateStorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateStorageException(String message) {
    super(message);
  }

  public StateStorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
