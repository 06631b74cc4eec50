package dev.flotilla.raft.fsm;

/**
 * There was no room on the disk. The state is what it was before the call, can be read, and the
 * same call may be made again: it succeeds when there is room.
 */
public final class NoRoomException extends StateStorageException {
  private static final long serialVersionUID = 1L;

  public NoRoomException(String message, Throwable cause) {
    super(message, false, cause);
  }
}
