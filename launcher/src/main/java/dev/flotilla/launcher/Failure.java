package dev.flotilla.launcher;

import org.jspecify.annotations.Nullable;

/**
 * Something a person at the terminal has to know. The message says what is wrong, the advice what
 * to do next; neither comes with a stack trace.
 */
public class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;
  private final String advice;

  /**
   * @param advice what to do next; empty when the message says it all
   */
  public Failure(int exitCode, String message, String advice) {
    this(exitCode, message, advice, null);
  }

  public Failure(int exitCode, String message, String advice, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.advice = advice;
  }

  public final int exitCode() {
    return exitCode;
  }

  public final String advice() {
    return advice;
  }

  /** The message; {@link #getMessage()} without its null. */
  public final String text() {
    String message = getMessage();
    return message == null ? getClass().getSimpleName() : message;
  }
}
