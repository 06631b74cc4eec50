package dev.flotilla.balancer.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;

/**
 * Keeps pages of other sites from pressing this one's buttons: a browser says where a request comes
 * from, and a command line says nothing.
 */
final class SameOrigin {
  private SameOrigin() {}

  /**
   * @throws ApiException 403 for a page of another site, 415 for a body that a plain form could
   *     have sent
   */
  static void check(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      throw ApiException.forbidden("this is not for pages of other sites");
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !authority(origin).equals(request.getHeader("Host"))) {
      throw ApiException.forbidden("this is not for pages of other sites");
    }
    String type = request.getContentType();
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new ApiException(
          415,
          "BAD_REQUEST",
          dev.flotilla.balancer.routing.Outcome.NOT_APPLIED,
          false,
          Origin.NONE,
          "the body must be application/json");
    }
  }

  private static String authority(String origin) {
    try {
      String authority = URI.create(origin).getAuthority();
      return authority == null ? "" : authority;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
