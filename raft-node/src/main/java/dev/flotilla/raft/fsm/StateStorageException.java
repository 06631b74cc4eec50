package dev.flotilla.raft.fsm;

/**
 * The disk under a state machine failed, or what lies on it is damaged: not a fault of the state
 * machine's logic, and nothing the process could go on after.
 */
public class StateStorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean damage;

  /**
   * @param damage see {@link #isDamage}
   */
  public StateStorageException(String message, boolean damage) {
    super(message);
    this.damage = damage;
  }

  public StateStorageException(String message, boolean damage, Throwable cause) {
    super(message, cause);
    this.damage = damage;
  }

  /**
   * Whether what is stored is, for certain, not what was written: the state is lost, and has to be
   * made anew from the log or from a snapshot. A disk that merely fails now may give everything
   * back tomorrow.
   */
  public final boolean isDamage() {
    return damage;
  }
}
