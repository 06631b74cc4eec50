package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.Outcome;

/**
 * A request that this door refuses or that failed. Becomes the door's own kind of error answer.
 *
 * <p>It is an ordinary way to answer, so it carries no stack.
 */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final Outcome outcome;
  private final boolean retryable;
  private final Origin origin;

  ApiException(
      int status, String code, Outcome outcome, boolean retryable, Origin origin, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.outcome = outcome;
    this.retryable = retryable;
    this.origin = origin;
  }

  /** The request makes no sense. */
  static ApiException badRequest(String message) {
    return new ApiException(400, "BAD_REQUEST", Outcome.NOT_APPLIED, false, Origin.NONE, message);
  }

  /** Nothing is served under this path. */
  static ApiException notHere(String message) {
    return new ApiException(404, "NOT_FOUND", Outcome.NOT_APPLIED, false, Origin.NONE, message);
  }

  /** The request came from a page of another site, or may not be made here. */
  static ApiException forbidden(String message) {
    return new ApiException(403, "FORBIDDEN", Outcome.NOT_APPLIED, false, Origin.NONE, message);
  }

  /** It makes no sense as things stand. */
  static ApiException conflict(String message) {
    return new ApiException(409, "CONFLICT", Outcome.NOT_APPLIED, false, Origin.NONE, message);
  }

  static ApiException tooLarge(String message) {
    return new ApiException(413, "TOO_LARGE", Outcome.NOT_APPLIED, false, Origin.NONE, message);
  }

  static ApiException overloaded(String message) {
    return new ApiException(429, "OVERLOADED", Outcome.NOT_APPLIED, true, Origin.NONE, message);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  Outcome outcome() {
    return outcome;
  }

  boolean retryable() {
    return retryable;
  }

  Origin origin() {
    return origin;
  }

  /** What {@link #getMessage} says, never null. */
  String sentence() {
    String message = getMessage();
    return message == null ? code : message;
  }

  /** Whether the answer says when to come back. */
  boolean saysRetryAfter() {
    return status == 429 || status == 503;
  }
}
