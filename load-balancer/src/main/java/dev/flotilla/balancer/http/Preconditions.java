package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.balancer.routing.Precondition;
import jakarta.servlet.http.HttpServletRequest;

/**
 * {@code If-Match} and {@code If-None-Match} (RFC 9110 §13.1) as preconditions; an ETag is a
 * revision in quotes.
 */
final class Preconditions {
  private Preconditions() {}

  /**
   * @throws ApiException 400, or 412 for an ETag that was never one of ours
   */
  static Precondition of(HttpServletRequest request) {
    String ifMatch = request.getHeader("If-Match");
    String ifNoneMatch = request.getHeader("If-None-Match");
    if (ifMatch != null && ifNoneMatch != null) {
      throw ApiException.badRequest("If-Match and If-None-Match do not go together");
    }
    if (ifNoneMatch != null) {
      if (!ifNoneMatch.trim().equals("*")) {
        throw ApiException.badRequest("If-None-Match takes * only");
      }
      return Precondition.ABSENT;
    }
    return ifMatch == null ? Precondition.NONE : match(ifMatch.trim());
  }

  private static Precondition match(String tag) {
    if (tag.equals("*")) {
      return Precondition.PRESENT;
    }
    if (tag.length() < 3 || tag.charAt(0) != '"' || tag.indexOf('"', 1) != tag.length() - 1) {
      throw ApiException.badRequest("If-Match takes * or one ETag in quotes");
    }
    try {
      return new Precondition.RevisionIs(Long.parseUnsignedLong(tag, 1, tag.length() - 1, 10));
    } catch (NumberFormatException e) {
      throw new ApiException(
          412,
          "PRECONDITION_FAILED",
          Outcome.NOT_APPLIED,
          false,
          Origin.NONE,
          "the ETag is none of ours");
    }
  }

  static String etag(long revision) {
    return '"' + Long.toUnsignedString(revision) + '"';
  }
}
