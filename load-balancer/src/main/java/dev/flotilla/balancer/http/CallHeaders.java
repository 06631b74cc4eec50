package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.CallerIdentity;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The headers that may go with any operation: {@code X-Client-Id}, {@code X-Request-Seq} and {@code
 * X-Acked-Below} for a caller whose own retries shall be exactly-once, {@code X-Timeout} for one
 * that waits less than the default.
 */
final class CallHeaders {
  static final String CLIENT_ID = "X-Client-Id";
  static final String REQUEST_SEQ = "X-Request-Seq";
  static final String ACKED_BELOW = "X-Acked-Below";
  static final String TIMEOUT = "X-Timeout";

  private static final int MOST_CLIENT_ID_CHARS = 256;

  /** A request's headers by name, whatever its case. */
  interface Lookup {
    /** The first of that name; null = there is none. */
    @Nullable String first(String name);
  }

  private CallHeaders() {}

  /**
   * @throws ApiException 400
   */
  static CallOptions parse(HttpServletRequest request) {
    return parse(request::getHeader);
  }

  /**
   * @throws ApiException 400
   */
  static CallOptions parse(Lookup headers) {
    String clientId = headers.first(CLIENT_ID);
    String seq = headers.first(REQUEST_SEQ);
    String timeout = headers.first(TIMEOUT);
    if (clientId == null && seq == null && timeout == null) {
      return CallOptions.DEFAULT;
    }
    return new CallOptions(timeoutNanos(timeout), identity(headers, clientId, seq));
  }

  private static long timeoutNanos(@Nullable String timeout) {
    if (timeout == null) {
      return 0;
    }
    OptionalLong millis = Durations.parseMillis(timeout);
    if (millis.isEmpty()) {
      throw ApiException.badRequest(TIMEOUT + " must be a duration such as 500ms or 2s");
    }
    return TimeUnit.MILLISECONDS.toNanos(millis.getAsLong());
  }

  private static @Nullable CallerIdentity identity(
      Lookup headers, @Nullable String clientId, @Nullable String seq) {
    if (clientId == null && seq == null) {
      return null;
    }
    if (clientId == null || seq == null || clientId.isEmpty()) {
      throw ApiException.badRequest(CLIENT_ID + " and " + REQUEST_SEQ + " only work together");
    }
    if (clientId.length() > MOST_CLIENT_ID_CHARS) {
      throw ApiException.badRequest(
          CLIENT_ID + " has more than " + MOST_CLIENT_ID_CHARS + " characters");
    }
    long number = number(REQUEST_SEQ, seq);
    String acked = headers.first(ACKED_BELOW);
    long ackedBelow = acked == null ? 0 : number(ACKED_BELOW, acked);
    if (number < 1) {
      throw ApiException.badRequest(REQUEST_SEQ + " must be 1 or more");
    }
    if (ackedBelow > number) {
      throw ApiException.badRequest(ACKED_BELOW + " must not be more than " + REQUEST_SEQ);
    }
    return CallerIdentity.of(clientId, number, ackedBelow);
  }

  private static long number(String header, String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same answer as a negative number.
    }
    throw ApiException.badRequest(header + " must be a whole number, not negative");
  }
}
