package dev.flotilla.raft.fsm;

/**
 * What a state machine had stored is not what it wrote: the state is lost, and has to be made anew
 * from the log or from a snapshot. Thrown only when that is certain; a disk that merely fails now
 * may give everything back tomorrow.
 */
public class StateDamagedException extends StateStorageException {
  private static final long serialVersionUID = 1L;

  public StateDamagedException(String message) {
    super(message);
  }

  public StateDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
