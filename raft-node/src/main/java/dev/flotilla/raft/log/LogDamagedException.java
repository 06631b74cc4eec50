package dev.flotilla.raft.log;

import java.io.IOException;

/** The log holds damage that is not a torn tail: the replica must not pretend to remember. */
public final class LogDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  public LogDamagedException(String message) {
    super(message);
  }

  public LogDamagedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Damage in a file at a byte offset. */
  static LogDamagedException at(String path, long offset, String what) {
    return new LogDamagedException(path + " at byte " + offset + ": " + what);
  }
}
